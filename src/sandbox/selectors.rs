//! Advanced event selectors of an event data store: what the reference says of their form, and no filtering.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html>

use super::limits;
use super::wire::Fault;
use super::wire::shapes::{AdvancedEventSelector, AdvancedFieldSelector};

/// The category of an integration's store.
pub(crate) const ACTIVITY_AUDIT_LOG: &str = "ActivityAuditLog";

/// Categories of AWS events, which one store may mix.
const AWS_EVENTS: [&str; 3] = ["Management", "Data", "NetworkActivity"];
/// Categories that a store has alone, and whose events cannot be filtered.
const ALONE: [&str; 4] = [ACTIVITY_AUDIT_LOG, "ConfigurationItem", "Evidence", "Insight"];

/// What a store collects that was made without selectors.
pub(crate) fn management() -> Vec<AdvancedEventSelector> {
    vec![AdvancedEventSelector {
        name: Some("Default management events".to_owned()),
        field_selectors: Some(vec![AdvancedFieldSelector {
            field: Some("eventCategory".to_owned()),
            equals: Some(vec!["Management".to_owned()]),
            ..AdvancedFieldSelector::default()
        }]),
    }]
}

/// The category of valid selectors; of AWS events the first.
pub(crate) fn category(selectors: &[AdvancedEventSelector]) -> Option<&str> {
    selectors.iter().find_map(|selector| {
        selector
            .field_selectors
            .iter()
            .flatten()
            .find(|field| field.field.as_deref() == Some("eventCategory"))
            .and_then(|field| field.equals.as_ref()?.first())
            .map(String::as_str)
    })
}

/// Whether events of this category come from AWS itself and may be started and stopped.
pub(crate) fn is_aws(category: &str) -> bool {
    AWS_EVENTS.contains(&category) || category == "ConfigurationItem"
}

/// Checks the selectors of a request.
pub(crate) fn check(selectors: &[AdvancedEventSelector]) -> Result<(), Fault> {
    if selectors.is_empty() {
        return Err(bad(
            "At least one advanced event selector is required where the member is given.",
        ));
    }
    if selectors.len() > limits::SELECTORS {
        return Err(bad(format!(
            "An event data store can have {} advanced event selectors, not {}.",
            limits::SELECTORS,
            selectors.len()
        )));
    }
    let values: usize = selectors
        .iter()
        .flat_map(|s| s.field_selectors.iter().flatten())
        .map(values)
        .sum();
    if values > limits::SELECTOR_VALUES {
        return Err(bad(format!(
            "All advanced event selectors together can have {} values, not {values}.",
            limits::SELECTOR_VALUES
        )));
    }
    let mut categories = Vec::new();
    for selector in selectors {
        categories.push(one(selector)?);
    }
    let alone = categories.iter().find(|category| ALONE.contains(category));
    if let (Some(alone), true) = (alone, selectors.len() > 1) {
        return Err(bad(format!(
            "A selector of category {alone} must be the only one of its event data store."
        )));
    }
    Ok(())
}

fn one(selector: &AdvancedEventSelector) -> Result<&str, Fault> {
    if selector
        .name
        .as_ref()
        .is_some_and(|name| name.chars().count() > limits::SELECTOR_NAME)
    {
        return Err(bad(format!(
            "A selector's Name can have {} characters.",
            limits::SELECTOR_NAME
        )));
    }
    let fields = selector.field_selectors.as_deref().unwrap_or_default();
    if fields.is_empty() {
        return Err(bad("A selector needs FieldSelectors."));
    }
    let mut category = None;
    for (index, field) in fields.iter().enumerate() {
        let name = check_field(field)?;
        if fields.iter().take(index).any(|earlier| earlier.field == field.field) {
            return Err(bad(format!("The field {name} is in one selector twice.")));
        }
        if name == "eventCategory" {
            category = Some(check_category(field)?);
        }
    }
    let category = category.ok_or_else(|| bad("Every advanced event selector needs the field eventCategory."))?;
    if ALONE.contains(&category) && fields.len() > 1 {
        return Err(bad(format!(
            "Events of category {category} cannot be filtered by further fields."
        )));
    }
    if category == "Data"
        && !fields
            .iter()
            .any(|field| field.field.as_deref() == Some("resources.type"))
    {
        return Err(bad("A selector of category Data needs the field resources.type."));
    }
    Ok(category)
}

fn check_field(field: &AdvancedFieldSelector) -> Result<&str, Fault> {
    let name = field
        .field
        .as_deref()
        .ok_or_else(|| bad("A field selector needs its Field."))?;
    let legal = limits::SELECTOR_FIELD.contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '|'));
    if !legal {
        return Err(bad(format!("{name:?} is not a field.")));
    }
    if operators(field).next().is_none() {
        return Err(bad(format!("The field {name} needs an operator.")));
    }
    for values in operators(field) {
        if values.is_empty() {
            return Err(bad(format!("An operator of the field {name} has no values.")));
        }
        if !values
            .iter()
            .all(|value| limits::SELECTOR_VALUE.contains(&value.chars().count()))
        {
            return Err(bad(format!(
                "A value of the field {name} must have 1 to 2048 characters."
            )));
        }
    }
    Ok(name)
}

fn check_category(field: &AdvancedFieldSelector) -> Result<&str, Fault> {
    match (field.equals.as_deref(), operators(field).count()) {
        (Some([category]), 1) if AWS_EVENTS.contains(&category.as_str()) || ALONE.contains(&category.as_str()) => {
            Ok(category)
        }
        (Some([category]), 1) => Err(bad(format!("{category:?} is not an event category."))),
        _ => Err(bad("The field eventCategory takes the operator Equals with one value.")),
    }
}

fn operators(field: &AdvancedFieldSelector) -> impl Iterator<Item = &Vec<String>> {
    [
        &field.equals,
        &field.starts_with,
        &field.ends_with,
        &field.not_equals,
        &field.not_starts_with,
        &field.not_ends_with,
    ]
    .into_iter()
    .flatten()
}

fn values(field: &AdvancedFieldSelector) -> usize {
    operators(field).map(Vec::len).sum()
}

fn bad(message: impl Into<String>) -> Fault {
    Fault::new("InvalidEventSelectorsException", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn checked(value: Value) -> Result<(), String> {
        let selectors: Vec<AdvancedEventSelector> = serde_json::from_value(value).unwrap();
        check(&selectors).map_err(|fault| fault.message)
    }

    #[test]
    fn an_integrations_selector_is_one_field() {
        let audit = json!({"FieldSelectors": [{"Field": "eventCategory", "Equals": ["ActivityAuditLog"]}]});
        assert_eq!(checked(json!([audit])), Ok(()));
        assert!(checked(json!([audit, audit])).is_err());
        assert_eq!(checked(serde_json::to_value(management()).unwrap()), Ok(()));
        assert_eq!(category(&management()), Some("Management"));
    }

    #[test]
    fn what_the_reference_forbids_is_refused() {
        let many: Vec<String> = (0..501).map(|n| n.to_string()).collect();
        let data = |fields: Value| json!([{ "FieldSelectors": fields }]);
        for (selectors, word) in [
            (json!([]), "At least one"),
            (data(json!([])), "FieldSelectors"),
            (data(json!([{"Field": "eventName", "Equals": ["x"]}])), "eventCategory"),
            (
                data(json!([{"Field": "eventCategory", "StartsWith": ["Management"]}])),
                "Equals",
            ),
            (
                data(json!([{"Field": "eventCategory", "Equals": ["Activity"]}])),
                "not an event category",
            ),
            (data(json!([{"Field": "eventCategory", "Equals": []}])), "no values"),
            (data(json!([{"Field": "eventCategory"}])), "operator"),
            (
                data(json!([{"Field": "eventCategory", "Equals": ["ActivityAuditLog"]},
                            {"Field": "eventName", "Equals": ["x"]}])),
                "cannot be filtered",
            ),
            (
                data(
                    json!([{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "eventName", "Equals": many}]),
                ),
                "500",
            ),
            (
                data(json!([{"Field": "eventCategory", "Equals": ["Data"]}])),
                "resources.type",
            ),
            (
                json!(
                    [management(), management(), management()]
                        .concat()
                        .into_iter()
                        .cycle()
                        .take(6)
                        .collect::<Vec<_>>()
                ),
                "5 advanced",
            ),
        ] {
            let message = checked(selectors.clone()).unwrap_err();
            assert!(message.contains(word), "{selectors}: {message}");
        }
    }
}
