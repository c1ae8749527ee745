//! How a partner is locked out while its channel stays.

use crate::model::{ChannelArn, Policy, Principal, Statement};

use super::decide::{refuse_deleted, storable};
use super::refusal::PolicyRefusal;
use super::{others, own};

/// What is left when `ctl`'s statement is taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawal {
    /// There is nothing to take away.
    Nothing,
    /// The other statements stay.
    Put(Policy),
    /// It was the last one: the policy goes.
    Delete,
}

/// What locks the partner out while the channel stays: `ctl`'s statement goes, the others stay.
///
/// `partner_principals` are the partner's published accounts; those whom `ctl`'s statement lets in
/// count besides. Where none is published, everybody but the owner may be the partner. A statement
/// that is `ctl`'s by its form alone is taken only where it lets the partner in: else a second run
/// would take one that the first run left.
pub fn withdraw(
    found: Option<&Policy>,
    channel: &ChannelArn,
    partner_principals: &[Principal],
) -> Result<Withdrawal, PolicyRefusal> {
    let Some(policy) = found else {
        return Ok(Withdrawal::Nothing);
    };
    if !policy.is_editable() {
        return Err(PolicyRefusal::Unreadable);
    }
    let statements = policy.statements();
    let lets_in = |statement: &Statement, people: &[Principal]| match people {
        [] => statement.lets_in_others(channel),
        known => known.iter().any(|principal| statement.lets_in(principal, channel)),
    };
    let own = own(&statements, channel)
        .filter(|own| own.named || partner_principals.is_empty() || lets_in(own.view, partner_principals));
    let mut partner = partner_principals.to_vec();
    if !partner.is_empty() {
        partner.extend(own.iter().flat_map(|own| storable(&own.view.principals)));
    }
    let still: Vec<String> = others(&statements, own.as_ref())
        .filter(|(_, statement)| lets_in(statement, &partner))
        .map(|(at, statement)| statement.title(at))
        .collect();
    if !still.is_empty() {
        return Err(PolicyRefusal::PartnerStillAllowed { statements: still });
    }
    let Some(own) = own else {
        return Ok(Withdrawal::Nothing);
    };
    refuse_deleted(others(&statements, Some(&own)))?;
    if statements.len() > 1 {
        Ok(Withdrawal::Put(policy.without(own.at)))
    } else {
        Ok(Withdrawal::Delete)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::plan::policy::fixtures::*;

    fn run(found: &[Value], partner: &[&str]) -> Result<Withdrawal, PolicyRefusal> {
        withdraw(Some(&policy(found)), &channel(), &people(partner))
    }

    fn ours() -> Value {
        statement("ChannelPolicy", &[NORDCLOUD], "s3cret")
    }

    #[test]
    fn the_last_statement_takes_the_policy_with_it() {
        for found in [
            ours(),
            statement("Console", &[NORDCLOUD], ""),
            statement("ChannelPolicy", &[GONE], ""),
            with(ours(), "Condition", json!({"Bool": {"x": "true"}})),
        ] {
            assert_eq!(
                run(std::slice::from_ref(&found), &[NORDCLOUD]),
                Ok(Withdrawal::Delete),
                "{found}"
            );
            assert_eq!(run(&[found], &[]), Ok(Withdrawal::Delete));
        }
    }

    #[test]
    fn the_others_stay() {
        let foreign = with(statement("Mine", &[OTHER], ""), "Note", json!([1, "x"]));
        let deny = with(statement("Out", &[NORDCLOUD], ""), "Effect", json!("Deny"));
        assert_eq!(
            run(&[foreign.clone(), ours(), deny.clone()], &[NORDCLOUD]),
            Ok(Withdrawal::Put(policy(&[foreign, deny])))
        );
    }

    #[test]
    fn what_the_first_run_left_the_second_leaves_too() {
        let [first, left] = [ours(), statement("Mine", &[OTHER], "")];
        let after = Withdrawal::Put(policy(std::slice::from_ref(&left)));
        assert_eq!(run(&[first, left.clone()], &[NORDCLOUD]), Ok(after));
        assert_eq!(run(&[left], &[NORDCLOUD]), Ok(Withdrawal::Nothing));
    }

    #[test]
    fn nothing_is_taken_where_ctl_has_nothing() {
        assert_eq!(
            withdraw(None, &channel(), &people(&[NORDCLOUD])),
            Ok(Withdrawal::Nothing)
        );
        let deny = with(ours(), "Effect", json!("Deny"));
        let others = with(statement("Mine", &[OTHER], ""), "Note", json!(1));
        let owner = with(statement("Own", &["111122223333"], ""), "Note", json!(1));
        assert_eq!(run(&[], &[NORDCLOUD]), Ok(Withdrawal::Nothing));
        assert_eq!(run(std::slice::from_ref(&deny), &[NORDCLOUD]), Ok(Withdrawal::Nothing));
        assert_eq!(run(&[others], &[NORDCLOUD]), Ok(Withdrawal::Nothing));
        assert_eq!(run(&[deny, owner], &[]), Ok(Withdrawal::Nothing));
    }

    #[test]
    fn a_partner_who_would_still_get_in_is_no_success() {
        let still = |names: &[&str]| {
            Err(PolicyRefusal::PartnerStillAllowed {
                statements: names.iter().map(|name| format!("the statement \"{name}\"")).collect(),
            })
        };
        let mine = |who: &[&str]| with(statement("Mine", who, ""), "Note", json!(1));
        let role = "arn:aws:iam::855341727128:role/x";
        let everybody = with(statement("All", &[], ""), "Principal", json!("*"));
        let two = [statement("One", &[NORDCLOUD], ""), statement("Two", &[NORDCLOUD], "")];
        assert_eq!(run(&[ours(), mine(&[NORDCLOUD])], &[]), still(&["Mine"]));
        assert_eq!(run(&[ours(), mine(&[role])], &[NORDCLOUD]), still(&["Mine"]));
        assert_eq!(run(&[ours(), everybody], &[NORDCLOUD]), still(&["All"]));
        assert_eq!(run(&[mine(&[NORDCLOUD])], &[NORDCLOUD]), still(&["Mine"]));
        assert_eq!(run(&two, &[NORDCLOUD]), still(&["One", "Two"]));
        // Where nobody knows the partner's account, whoever gets in may be the partner.
        assert_eq!(run(&[mine(&[OTHER])], &[]), still(&["Mine"]));
        assert_eq!(run(&[ours(), mine(&[OTHER])], &[]), still(&["Mine"]));
        // ctl's statement names another account than the catalogue; both are the partner.
        let renamed = statement("ChannelPolicy", &[OTHER], "");
        assert_eq!(run(&[renamed, mine(&[OTHER])], &[NORDCLOUD]), still(&["Mine"]));
    }

    #[test]
    fn a_deleted_principal_elsewhere_stops_it() {
        let foreign = with(statement("Mine", &[GONE], ""), "Note", json!(1));
        assert!(matches!(
            run(&[ours(), foreign], &[NORDCLOUD]),
            Err(PolicyRefusal::DeletedPrincipalElsewhere { .. })
        ));
        let strange: Policy = r#"{"Statement":"x"}"#.parse().unwrap();
        assert_eq!(
            withdraw(Some(&strange), &channel(), &[]),
            Err(PolicyRefusal::Unreadable)
        );
    }
}
