//! One file per operation, each a function from an input and the state to an output or a fault.

mod add_tags;
mod cancel_query;
mod create_channel;
mod create_event_data_store;
mod delete_channel;
mod delete_event_data_store;
mod delete_resource_policy;
mod describe_query;
mod get_channel;
mod get_event_data_store;
mod get_query_results;
mod get_resource_policy;
mod list_channels;
mod list_event_data_stores;
mod list_queries;
mod list_tags;
pub(crate) mod paging;
pub(crate) mod put_audit_events;
mod put_resource_policy;
mod querying;
mod remove_tags;
mod restore_event_data_store;
mod start_query;
mod tagging;
mod update_channel;
mod update_event_data_store;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::store::Tx;
use super::wire::{Fault, json11};

/// Operations of the model that the sandbox does not have.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Operations.html>
const ABSENT: [&str; 38] = [
    "CreateDashboard",
    "CreateTrail",
    "DeleteDashboard",
    "DeleteTrail",
    "DeregisterOrganizationDelegatedAdmin",
    "DescribeTrails",
    "DisableFederation",
    "EnableFederation",
    "GenerateQuery",
    "GetDashboard",
    "GetEventConfiguration",
    "GetEventSelectors",
    "GetImport",
    "GetInsightSelectors",
    "GetTrail",
    "GetTrailStatus",
    "ListDashboards",
    "ListImportFailures",
    "ListImports",
    "ListInsightsData",
    "ListInsightsMetricData",
    "ListPublicKeys",
    "ListTrails",
    "LookupEvents",
    "PutEventConfiguration",
    "PutEventSelectors",
    "PutInsightSelectors",
    "RegisterOrganizationDelegatedAdmin",
    "SearchSampleQueries",
    "StartDashboardRefresh",
    "StartEventDataStoreIngestion",
    "StartImport",
    "StartLogging",
    "StopEventDataStoreIngestion",
    "StopImport",
    "StopLogging",
    "UpdateDashboard",
    "UpdateTrail",
];

/// An operation of the control plane, ready to run.
pub(crate) type Control = fn(&Tx<'_>, &[u8]) -> Result<Vec<u8>, Fault>;

/// Finds an operation of the control plane by its name.
pub(crate) fn control(operation: &str) -> Result<Control, Fault> {
    Ok(match operation {
        "AddTags" => |tx, body| run(tx, body, add_tags::run),
        "CancelQuery" => |tx, body| run(tx, body, cancel_query::run),
        "CreateChannel" => |tx, body| run(tx, body, create_channel::run),
        "CreateEventDataStore" => |tx, body| run(tx, body, create_event_data_store::run),
        "DeleteChannel" => |tx, body| run(tx, body, delete_channel::run),
        "DeleteEventDataStore" => |tx, body| run(tx, body, delete_event_data_store::run),
        "DeleteResourcePolicy" => |tx, body| run(tx, body, delete_resource_policy::run),
        "DescribeQuery" => |tx, body| run(tx, body, describe_query::run),
        "GetChannel" => |tx, body| run(tx, body, get_channel::run),
        "GetEventDataStore" => |tx, body| run(tx, body, get_event_data_store::run),
        "GetQueryResults" => |tx, body| run(tx, body, get_query_results::run),
        "GetResourcePolicy" => |tx, body| run(tx, body, get_resource_policy::run),
        "ListChannels" => |tx, body| run(tx, body, list_channels::run),
        "ListEventDataStores" => |tx, body| run(tx, body, list_event_data_stores::run),
        "ListQueries" => |tx, body| run(tx, body, list_queries::run),
        "ListTags" => |tx, body| run(tx, body, list_tags::run),
        "PutResourcePolicy" => |tx, body| run(tx, body, put_resource_policy::run),
        "RemoveTags" => |tx, body| run(tx, body, remove_tags::run),
        "RestoreEventDataStore" => |tx, body| run(tx, body, restore_event_data_store::run),
        "StartQuery" => |tx, body| run(tx, body, start_query::run),
        "UpdateChannel" => |tx, body| run(tx, body, update_channel::run),
        "UpdateEventDataStore" => |tx, body| run(tx, body, update_event_data_store::run),
        absent if ABSENT.contains(&absent) => {
            return Err(Fault::new(
                "UnsupportedOperationException",
                format!("The sandbox does not have the operation {absent}."),
            ));
        }
        unknown => {
            return Err(Fault::new(
                "UnknownOperationException",
                format!("CloudTrail has no operation {unknown:?}."),
            )
            .with_status(404));
        }
    })
}

fn run<In: DeserializeOwned, Out: Serialize>(
    tx: &Tx<'_>,
    body: &[u8],
    operation: fn(&Tx<'_>, In) -> Result<Out, Fault>,
) -> Result<Vec<u8>, Fault> {
    let input = json11::input(body)?;
    let output = operation(tx, input)?;
    Ok(serde_json::to_vec(&output)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_the_model_has_an_answer() {
        for absent in ABSENT {
            assert_eq!(control(absent).unwrap_err().code, "UnsupportedOperationException");
        }
        assert_eq!(control("MakeCoffee").unwrap_err().status, 404);
        assert!(control("GetChannel").is_ok());
    }
}
