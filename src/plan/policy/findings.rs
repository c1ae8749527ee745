//! What `status` finds in a policy.

use crate::model::{ChannelArn, Effect, Finding, Partner, PartnerKind, Policy, Principal, Severity, Statement};

use super::{Own, distinct, others, own, words};

/// The codes, which do not change.
pub(super) mod code {
    pub(crate) const POLICY_MISSING: &str = "policy_missing";
    pub(crate) const POLICY_DIFFERS: &str = "policy_differs";
    pub(crate) const PRINCIPAL_NOT_PARTNER: &str = "principal_not_partner";
    pub(crate) const PRINCIPAL_DELETED: &str = "principal_deleted";
    pub(crate) const ALSO_ALLOWED_BY: &str = "also_allowed_by";
    pub(crate) const WILDCARD_PRINCIPAL: &str = "wildcard_principal";
    pub(crate) const EXTERNAL_ID_MISSING: &str = "external_id_missing";
}

/// A policy with all that is needed to judge it.
pub(super) struct Judged<'a> {
    pub(super) statements: &'a [Statement],
    pub(super) own: Option<Own<'a>>,
    pub(super) channel: &'a ChannelArn,
    pub(super) partner: Option<&'a Partner>,
    /// Whether it is attached to the channel; else it is a text that may become so.
    pub(super) attached: bool,
}

/// What is wrong, or worth knowing, about the policy of `channel`.
///
/// A solution or custom integration without a policy is as it should be: the owner needs none
/// (reference §2.4, "Owner access is implicit").
pub fn findings(found: Option<&Policy>, channel: &ChannelArn, partner: Option<&Partner>) -> Vec<Finding> {
    let statements = found.map(Policy::statements).unwrap_or_default();
    let judged = Judged {
        statements: &statements,
        own: own(&statements, channel),
        channel,
        partner,
        attached: true,
    };
    let mut findings = Vec::new();
    if found.is_some_and(|policy| !policy.is_editable()) {
        findings.push(
            Finding::new(
                Severity::Error,
                code::POLICY_DIFFERS,
                "The \"Statement\" of the policy is neither a statement nor a list of statements.",
            )
            .hinted(judged.look()),
        );
    }
    findings.extend(judged.form());
    findings.extend(judged.partner());
    for (at, statement) in statements.iter().enumerate() {
        findings.extend(everybody(at, statement));
        let own = judged.own.as_ref().is_some_and(|own| own.at == at);
        findings.extend(deleted(at, statement).map(|finding| {
            if own {
                finding.hinted(judged.replacing())
            } else {
                finding
            }
        }));
    }
    findings.extend(judged.others());
    findings
}

impl Judged<'_> {
    /// Whether `ctl`'s statement is as `ctl` writes it.
    fn form(&self) -> Option<Finding> {
        let own = self.own.as_ref().filter(|own| !own.template)?;
        let works = own.view.concerns(self.channel);
        let severity = if works { Severity::Warning } else { Severity::Error };
        let message = format!(
            "{} is not as ctl writes it: see {}.",
            words::sentence(&own.view.title(own.at)),
            words::list(own.view.differences(self.channel)),
        );
        let hint = format!("{}; to write it anew: {}", self.look(), self.replacing());
        Some(Finding::new(severity, code::POLICY_DIFFERS, message).hinted(hint))
    }

    /// Whether a direct partner is let in, alone, and with its external ID.
    pub(super) fn partner(&self) -> Vec<Finding> {
        let Some(partner) = self.partner.filter(|partner| partner.kind == PartnerKind::Direct) else {
            return Vec::new();
        };
        let published = partner.principals();
        let anybody = self.statements.iter().any(|s| s.lets_in_others(self.channel));
        if !anybody {
            let message = format!(
                "No statement lets {} in: only the owner's account can send events.",
                partner.name
            );
            let finding = Finding::new(Severity::Error, code::POLICY_MISSING, message);
            // Whatever external ID there was is gone with the statement.
            let id = if self.attached && partner.needs_external_id() {
                " --external-id-file FILE"
            } else {
                ""
            };
            return vec![finding.hinted(format!("{}{id}", self.enable()))];
        }
        let mut findings = Vec::new();
        let letting_in: Vec<(usize, &Statement)> = self.letting_in(&published);
        if letting_in.is_empty() {
            let message = format!(
                "No statement lets in {}, which is {}'s.",
                words::all(&published),
                partner.name
            );
            let command = match &self.own {
                Some(own) if own.named => self.replacing(),
                _ => format!("{} --external-id-file FILE", self.enable()),
            };
            let hint =
                format!("{command}; if the partner uses another account, correct the catalogue with --partners FILE");
            findings.push(Finding::new(Severity::Error, code::PRINCIPAL_NOT_PARTNER, message).hinted(hint));
        } else {
            findings.extend(self.strangers(partner, &published));
            if self.own.is_none() {
                let message = format!(
                    "{} is let in by {}, none of which ctl takes for its own.",
                    partner.name,
                    words::titles(letting_in.iter().copied())
                );
                findings.push(Finding::new(Severity::Warning, code::POLICY_DIFFERS, message).hinted(self.look()));
            }
        }
        findings.extend(self.without_external_id(partner, &letting_in));
        findings
    }

    /// The statements that let in one of `principals`; where none is known, those that let in those
    /// of `ctl`'s statement, or else anybody.
    fn letting_in(&self, principals: &[Principal]) -> Vec<(usize, &Statement)> {
        let all = self.statements.iter().enumerate();
        let fits = |statement: &Statement| match (principals, &self.own) {
            ([], Some(own)) => {
                let mut named = own.view.principals.iter();
                named.any(|principal| statement.lets_in(principal, self.channel))
            }
            ([], None) => statement.lets_in_others(self.channel),
            (known, _) => known.iter().any(|one| statement.lets_in(one, self.channel)),
        };
        all.filter(|(_, statement)| fits(statement)).collect()
    }

    fn strangers(&self, partner: &Partner, published: &[Principal]) -> Option<Finding> {
        let own = self.own.as_ref()?;
        let stranger =
            |principal: &&Principal| principal.is_storable() && !published.iter().any(|known| known.touches(principal));
        let strangers = distinct(own.view.principals.iter().filter(stranger));
        if published.is_empty() || strangers.is_empty() {
            return None;
        }
        let message = format!(
            "{} lets in {} besides, which is not known as {}'s.",
            words::sentence(&own.view.title(own.at)),
            words::all(&strangers),
            partner.name
        );
        let hint = format!("if that is not meant: {}", self.replacing());
        Some(Finding::new(Severity::Warning, code::PRINCIPAL_NOT_PARTNER, message).hinted(hint))
    }

    fn without_external_id(&self, partner: &Partner, letting_in: &[(usize, &Statement)]) -> Option<Finding> {
        let open = letting_in.iter().filter(|(_, statement)| !statement.asks_external_id());
        let open: Vec<(usize, &Statement)> = open.copied().collect();
        if open.is_empty() || !partner.needs_external_id() {
            return None;
        }
        let message = format!(
            "{} is let in without an external ID by {}.",
            partner.name,
            words::titles(open)
        );
        let hint = format!(
            "{} {} --external-id-file FILE",
            partner.external_id.obtain,
            self.enable()
        );
        Some(Finding::new(Severity::Warning, code::EXTERNAL_ID_MISSING, message).hinted(hint))
    }

    /// What other statements do besides `ctl`'s.
    fn others(&self) -> Vec<Finding> {
        let Some(own) = &self.own else {
            return Vec::new();
        };
        let mut partner = self.partner.map(Partner::principals).unwrap_or_default();
        partner.extend(own.view.principals.iter().filter(|p| p.is_storable()).cloned());
        let one = |(at, statement): (usize, &Statement)| {
            let title = words::sentence(&statement.title(at));
            let meets = partner.iter().any(|principal| statement.names(principal));
            match statement.effect {
                Effect::Allow if statement.names_everybody() || !statement.lets_in_others(self.channel) => None,
                Effect::Allow if meets => {
                    let message =
                        format!("{title} lets in the same as ctl's: taking ctl's away would not lock them out.");
                    Some(Finding::new(Severity::Warning, code::ALSO_ALLOWED_BY, message).hinted(self.look()))
                }
                Effect::Allow => {
                    let message = format!("{title} lets in {} besides.", words::all(&statement.principals));
                    Some(Finding::new(Severity::Info, code::ALSO_ALLOWED_BY, message).hinted(self.look()))
                }
                Effect::Deny if meets && statement.concerns(self.channel) => {
                    let message = format!("{title} may keep out whom ctl's statement lets in.");
                    Some(Finding::new(Severity::Info, code::POLICY_DIFFERS, message).hinted(self.look()))
                }
                Effect::Deny | Effect::Unknown => None,
            }
        };
        others(self.statements, Some(own)).filter_map(one).collect()
    }

    fn look(&self) -> String {
        format!("look at it with `ctl policy show {}`", self.channel)
    }

    /// The command that brings the policy about.
    fn enable(&self) -> String {
        match self.partner.filter(|partner| !partner.is_custom()) {
            Some(partner) if self.attached && !partner.accounts.is_empty() => {
                format!(
                    "ctl enable --region {} --partner {}",
                    self.channel.region(),
                    partner.key
                )
            }
            _ => self.enable_naming(),
        }
    }

    /// The same, where somebody may be locked out by it.
    fn replacing(&self) -> String {
        let option = if self.attached { " --replace-access" } else { "" };
        format!("{}{option}", self.enable_naming())
    }

    /// The same, saying who is to be let in.
    fn enable_naming(&self) -> String {
        let partner = self.partner.filter(|partner| !partner.is_custom());
        let accounts = partner.map(Partner::principals).unwrap_or_default();
        let mut words = match (self.attached, partner) {
            (true, Some(partner)) => vec![format!(
                "ctl enable --region {} --partner {}",
                self.channel.region(),
                partner.key
            )],
            (true, None) => vec![format!(
                "ctl enable --region {} --custom --name CHANNEL",
                self.channel.region()
            )],
            (false, Some(partner)) => vec![format!(
                "ctl policy render --channel-arn {} --partner {}",
                self.channel, partner.key
            )],
            (false, None) => vec![format!("ctl policy render --channel-arn {} --custom", self.channel)],
        };
        words.extend(accounts.iter().map(|account| format!("--principal {account}")));
        if accounts.is_empty() {
            words.push("--principal ACCOUNT".to_owned());
        }
        words.join(" ")
    }
}

/// Whether a statement lets in everybody.
pub(super) fn everybody(at: usize, statement: &Statement) -> Option<Finding> {
    if statement.effect != Effect::Allow || !statement.names_everybody() {
        return None;
    }
    let title = words::sentence(&statement.title(at));
    let message = format!("{title} lets in everybody, in every account.");
    let finding = Finding::new(Severity::Error, code::WILDCARD_PRINCIPAL, message);
    Some(finding.hinted("name accounts or ARNs in that statement instead"))
}

/// Whether a statement names a deleted user or role.
pub(super) fn deleted(at: usize, statement: &Statement) -> Option<Finding> {
    let deleted = distinct(statement.deleted());
    if deleted.is_empty() {
        return None;
    }
    let message = format!(
        "{} names {}, deleted in IAM: the policy cannot be put like this.",
        words::sentence(&statement.title(at)),
        words::all(&deleted)
    );
    let finding = Finding::new(Severity::Error, code::PRINCIPAL_DELETED, message);
    Some(finding.hinted("take it out of that statement, or put the ARN in its place"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::Catalogue;
    use crate::plan::policy::fixtures::*;

    fn found(statements: &[Value], partner: &str) -> Vec<(Severity, &'static str)> {
        let catalogue = Catalogue::builtin();
        let policy = policy(statements);
        let findings = findings(Some(&policy), &channel(), catalogue.find(partner));
        findings.iter().map(|f| (f.severity, f.code)).collect()
    }

    const ERROR: Severity = Severity::Error;
    const WARNING: Severity = Severity::Warning;
    const INFO: Severity = Severity::Info;
    const SID: &str = "ChannelPolicy";

    fn ours() -> Value {
        statement(SID, &[NORDCLOUD], "s3cret")
    }

    #[test]
    fn only_a_direct_partner_needs_a_policy() {
        let catalogue = Catalogue::builtin();
        for (partner, expected) in [
            ("nordcloud", vec!["policy_missing"]),
            ("snyk", vec!["policy_missing"]),
            ("okta", vec![]),
            ("custom", vec![]),
            ("", vec![]),
        ] {
            let findings = findings(None, &channel(), catalogue.find(partner));
            let codes: Vec<&str> = findings.iter().map(|f| f.code).collect();
            assert_eq!(codes, expected, "{partner}");
        }
        let deny = with(ours(), "Effect", json!("Deny"));
        let owner = statement("Own", &["111122223333"], "");
        assert_eq!(found(&[], "nordcloud"), [(ERROR, "policy_missing")]);
        assert_eq!(found(&[deny], "nordcloud"), [(ERROR, "policy_missing")]);
        assert_eq!(found(&[owner], "nordcloud"), [(ERROR, "policy_missing")]);
        assert_eq!(found(&[], "custom"), []);
    }

    #[test]
    fn what_ctl_writes_is_found_to_be_right() {
        for statement in [
            ours(),
            statement("Console", &[NORDCLOUD], "s3cret"),
            statement(SID, &["arn:aws:iam::855341727128:role/x"], "s3cret"),
        ] {
            assert_eq!(found(&[statement], "nordcloud"), []);
        }
        assert_eq!(found(&[statement(SID, &[OTHER], "s3cret")], "clumio"), []);
        assert_eq!(found(&[statement(SID, &[OTHER], "")], "custom"), []);
        assert_eq!(found(&[statement(SID, &[OTHER], "")], "okta"), []);
    }

    #[test]
    fn each_trouble_has_its_code() {
        type Case = (Vec<Value>, Vec<(Severity, &'static str)>);
        let limit = json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
        let everybody = |statement| with(statement, "Principal", json!("*"));
        let denying = with(statement("Out", &[NORDCLOUD], ""), "Effect", json!("Deny"));
        let mine = |who: &[&str]| with(statement("Mine", who, "s3cret"), "Note", json!(1));
        let table: Vec<Case> = vec![
            (
                vec![with(ours(), "Condition", limit)],
                vec![(WARNING, "policy_differs"), (WARNING, "external_id_missing")],
            ),
            (
                vec![with(ours(), "Action", json!("s3:*"))],
                vec![(ERROR, "policy_differs"), (ERROR, "policy_missing")],
            ),
            (
                vec![statement(SID, &[NORDCLOUD], "")],
                vec![(WARNING, "external_id_missing")],
            ),
            (
                vec![statement(SID, &[OTHER], "s3cret")],
                vec![(ERROR, "principal_not_partner")],
            ),
            (
                vec![statement(SID, &[NORDCLOUD, OTHER], "s3cret")],
                vec![(WARNING, "principal_not_partner")],
            ),
            (
                vec![statement(SID, &[NORDCLOUD, GONE], "s3cret")],
                vec![(ERROR, "principal_deleted")],
            ),
            (
                vec![everybody(ours())],
                vec![(WARNING, "policy_differs"), (ERROR, "wildcard_principal")],
            ),
            (vec![ours(), everybody(mine(&[]))], vec![(ERROR, "wildcard_principal")]),
            (vec![ours(), mine(&[NORDCLOUD])], vec![(WARNING, "also_allowed_by")]),
            (vec![ours(), mine(&[OTHER])], vec![(INFO, "also_allowed_by")]),
            (vec![ours(), mine(&[GONE])], vec![(ERROR, "principal_deleted")]),
            (vec![ours(), denying], vec![(INFO, "policy_differs")]),
            (vec![mine(&[NORDCLOUD])], vec![(WARNING, "policy_differs")]),
            (
                vec![
                    statement("One", &[NORDCLOUD], "s3cret"),
                    statement("Two", &[NORDCLOUD], ""),
                ],
                vec![(WARNING, "policy_differs"), (WARNING, "external_id_missing")],
            ),
        ];
        for (statements, expected) in table {
            assert_eq!(found(&statements, "nordcloud"), expected, "{statements:?}");
        }
        assert_eq!(found(&[json!("x")], "custom"), [(ERROR, "policy_differs")]);
    }

    #[test]
    fn the_hints_are_commands() {
        let catalogue = Catalogue::builtin();
        let hint = |statements: &[Value], partner: &str| {
            let policy = policy(statements);
            let findings = findings(Some(&policy), &channel(), catalogue.find(partner));
            findings[0].hint.clone().unwrap()
        };
        assert_eq!(
            hint(&[], "nordcloud"),
            "ctl enable --region us-east-1 --partner nordcloud --external-id-file FILE"
        );
        assert_eq!(
            hint(&[], "snyk"),
            "ctl enable --region us-east-1 --partner snyk --principal ACCOUNT --external-id-file FILE"
        );
        let stranger = hint(&[statement(SID, &[OTHER], "s3cret")], "nordcloud");
        assert!(stranger.starts_with(
            "ctl enable --region us-east-1 --partner nordcloud --principal 855341727128 --replace-access;"
        ));
        let elsewhere = hint(&[statement("Mine", &[OTHER], "s3cret")], "nordcloud");
        assert!(elsewhere.starts_with("ctl enable --region us-east-1 --partner nordcloud --external-id-file FILE;"));
    }
}
