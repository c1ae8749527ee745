//! Which integration a user means: a channel ARN or UUID, a partner key, a channel name.

use super::Refusal;
use crate::model::arn::is_uuid;
use crate::model::partner::{Catalogue, Partner};
use crate::model::{Channel, ChannelArn, Place};

/// An integration as a user names it, before it is looked for.
#[derive(Debug, Clone)]
pub enum Named {
    /// By the channel's ARN: its Region is where to look.
    Arn(ChannelArn),
    /// By the UUID at the end of the ARN.
    Id(String),
    /// By a partner key or a channel name.
    Word(String),
    /// Not at all: the only one of the Region.
    Only,
}

impl Named {
    /// Reads what stands for INTEGRATION.
    pub fn parse(text: Option<&str>) -> Result<Self, crate::model::ArnError> {
        Ok(match text {
            None => Self::Only,
            Some(text) if text.starts_with("arn:") => Self::Arn(text.parse()?),
            Some(text) if is_uuid(text) => Self::Id(text.to_ascii_lowercase()),
            Some(text) => Self::Word(text.to_owned()),
        })
    }
}

/// What a name led to.
#[derive(Debug, Clone)]
pub enum Resolved<'a> {
    /// A channel.
    Channel(&'a Channel),
    /// A known partner or a well-formed ARN, and no channel of it: already gone, or never there.
    Absent(Option<Box<Partner>>),
}

/// The channel that is meant.
pub fn resolve<'a>(
    named: &Named,
    channels: &'a [Channel],
    catalogue: &Catalogue,
    place: &Place,
) -> Result<Resolved<'a>, Refusal> {
    match named {
        Named::Arn(arn) => Ok(channels
            .iter()
            .find(|c| c.arn == *arn)
            .map_or(Resolved::Absent(None), Resolved::Channel)),
        Named::Id(id) => channels
            .iter()
            .find(|channel| channel.arn.id() == id)
            .map(Resolved::Channel)
            .ok_or_else(|| no_such(id, channels, catalogue, place)),
        Named::Word(word) => by_word(word, channels, catalogue, place),
        Named::Only => match channels {
            [only] => Ok(Resolved::Channel(only)),
            [] => Err(
                Refusal::not_found(format!("There is no integration in {}.", place.region))
                    .hinted("ctl enable --partner KEY makes one; `ctl partners list` shows the keys."),
            ),
            several => Err(Refusal::usage(format!(
                "There are {} integrations in {}: {}.",
                several.len(),
                place.region,
                names(several)
            ))
            .hinted("Name the one you mean.")),
        },
    }
}

fn by_word<'a>(
    word: &str,
    channels: &'a [Channel],
    catalogue: &Catalogue,
    place: &Place,
) -> Result<Resolved<'a>, Refusal> {
    let partner = catalogue.find(word);
    let of_partner: Vec<&Channel> = match partner {
        Some(partner) => channels
            .iter()
            .filter(|channel| partner.sources.contains(&channel.source))
            .collect(),
        None => Vec::new(),
    };
    let named: Vec<&Channel> = channels.iter().filter(|channel| channel.name == word).collect();
    match (partner, of_partner.as_slice(), named.as_slice()) {
        (Some(partner), ours, [other]) if !ours.iter().any(|channel| channel.arn == other.arn) => {
            Err(Refusal::usage(format!(
                "{word} is the key of {} and the name of another channel, {} (source {}).",
                partner.name, other.arn, other.source
            ))
            .hinted("Name the one you mean by its channel ARN."))
        }
        (Some(_), [only], _) | (None, _, [only]) => Ok(Resolved::Channel(only)),
        (Some(partner), [], _) => Ok(Resolved::Absent(Some(Box::new(partner.clone())))),
        (Some(partner), several, _) => {
            let list: Vec<String> = several
                .iter()
                .map(|c| format!("{} (source {})", c.name, c.source))
                .collect();
            Err(
                Refusal::usage(format!("{} has several channels: {}.", partner.name, list.join(", ")))
                    .hinted("Name the one you mean by its channel's name or ARN."),
            )
        }
        (None, _, _) => Err(no_such(word, channels, catalogue, place)),
    }
}

fn no_such(word: &str, channels: &[Channel], catalogue: &Catalogue, place: &Place) -> Refusal {
    let account = place
        .account
        .as_ref()
        .map_or_else(String::new, |account| format!(" of account {account}"));
    let refusal = Refusal::not_found(format!("There is no integration {word} in {}{account}.", place.region));
    let close = channels
        .iter()
        .map(|channel| channel.name.as_str())
        .map(|name| (strsim::jaro_winkler(word, name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_owned())
        .or_else(|| catalogue.suggest(word).map(str::to_owned));
    match close {
        Some(name) => refusal.hinted(format!("Did you mean {name}?")),
        None if channels.is_empty() => refusal,
        None => refusal.hinted(format!("There are: {}.", names(channels))),
    }
}

fn names(channels: &[Channel]) -> String {
    channels
        .iter()
        .map(|channel| channel.name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ingestion;
    use crate::plan::Reason;

    const ID: &str = "6f0c2a1e-1111-4222-8333-444455556666";

    fn channel(id: &str, name: &str, source: &str) -> Channel {
        Channel {
            arn: format!("arn:aws:cloudtrail:us-east-1:111122223333:channel/{id}")
                .parse()
                .unwrap(),
            name: name.to_owned(),
            source: source.to_owned(),
            destinations: Vec::new(),
            ingestion: Ingestion::default(),
        }
    }

    fn look(word: Option<&str>, channels: &[Channel]) -> Result<Option<String>, Refusal> {
        let place = Place {
            region: "us-east-1".into(),
            account: None,
            caller: None,
        };
        let named = Named::parse(word).unwrap();
        resolve(&named, channels, &Catalogue::builtin(), &place).map(|resolved| match resolved {
            Resolved::Channel(channel) => Some(channel.name.clone()),
            Resolved::Absent(_) => None,
        })
    }

    #[test]
    fn arn_id_key_and_name_all_lead_to_the_channel() {
        let channels = [channel(ID, "ours", "NordcloudKlarity"), channel("2", "app", "Custom")];
        for word in [channels[0].arn.as_str(), ID, "nordcloud", "ours"] {
            assert_eq!(look(Some(word), &channels), Ok(Some("ours".to_owned())), "{word}");
        }
    }

    #[test]
    fn a_known_key_or_an_arn_that_is_gone_is_absent_and_other_names_are_refused() {
        let arn = format!("arn:aws:cloudtrail:us-east-1:111122223333:channel/{ID}");
        assert_eq!(look(Some("nordcloud"), &[]), Ok(None));
        assert_eq!(look(Some(&arn), &[]), Ok(None));
        let refusal = look(Some("my-ap"), &[channel("2", "my-app", "Custom")]).unwrap_err();
        assert_eq!(refusal.reason, Reason::NotFound);
        assert!(refusal.hints[0].contains("my-app"));
        assert!(look(Some("nordclod"), &[]).unwrap_err().hints[0].contains("nordcloud"));
    }

    #[test]
    fn a_key_that_is_another_channels_name_is_ambiguous() {
        let both = [channel("1", "n", "IBMMulticloud"), channel("2", "nordcloud", "Custom")];
        assert_eq!(look(Some("nordcloud"), &both).unwrap_err().reason, Reason::Usage);
        let same = [channel("1", "nordcloud", "IBMMulticloud")];
        assert_eq!(look(Some("nordcloud"), &same), Ok(Some("nordcloud".to_owned())));
    }

    #[test]
    fn without_a_name_the_only_integration_is_meant() {
        let one = [channel("1", "ours", "IBMMulticloud")];
        let two = [channel("1", "ours", "IBMMulticloud"), channel("2", "app", "Custom")];
        assert_eq!(look(None, &one), Ok(Some("ours".to_owned())));
        let refusal = look(None, &two).unwrap_err();
        assert_eq!(refusal.reason, Reason::Usage);
        assert!(refusal.message.contains("ours") && refusal.message.contains("app"));
        assert_eq!(look(None, &[]).unwrap_err().reason, Reason::NotFound);
    }
}
