//! `ctl partners`: the catalogue, without a Region, credentials or an endpoint.

use serde_json::Value;

use crate::harness::Ctl;

/// The texts of an array.
fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

#[test]
fn the_list_has_fifteen_partners_and_custom() {
    let output = Ctl::new().run("partners list -o json").exits(0);
    let document = output.json();
    assert_eq!(document["schema"], "ctl.partners/v1");
    assert_eq!(document["partners_file"], Value::Null);
    let partners = document["partners"].as_array().unwrap();
    assert_eq!(partners.len(), 16);
    assert!(partners.iter().any(|partner| partner["key"] == "custom"));
    let direct = partners.iter().filter(|partner| partner["kind"] == "direct");
    let direct: Vec<&str> = direct.map(|partner| partner["key"].as_str().unwrap()).collect();
    assert_eq!(direct, ["clumio", "launchdarkly", "nordcloud", "montycloud", "snyk"]);
    for partner in partners {
        let rule = if partner["kind"] == "direct" {
            "required"
        } else {
            "optional"
        };
        assert_eq!(partner["external_id"]["rule"], rule, "{partner}");
    }
    assert_eq!(output.stderr, "");

    let rows = Ctl::new().run("partners list").exits(0).stdout;
    assert_eq!(rows.lines().count(), 16);
    assert!(rows.lines().all(|row| row.split('\t').count() == 7), "{rows}");
    let lines = Ctl::new().run("partners list -o ndjson --sandbox").exits(0).stdout;
    let line: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(lines.lines().count(), 16);
    assert_eq!(line["sandbox"], true);
}

#[test]
fn nordcloud_is_shown_with_its_five_services() {
    let document = Ctl::new().run("partners show nordcloud -o json").exits(0).json();
    assert_eq!(document["schema"], "ctl.partner/v1");
    let partner = &document["partner"];
    assert_eq!(texts(&partner["sources"]), ["IBMMulticloud", "NordcloudKlarity"]);
    assert_eq!(texts(&partner["accounts"]), ["855341727128"]);
    let services = partner["services"].as_array().unwrap().iter();
    let services: Vec<(&str, bool, usize)> = services
        .map(|service| {
            let source = service["event_source"].as_str().unwrap();
            let events = service["events"].as_array().unwrap().len();
            (source, service["integrated"].as_bool().unwrap(), events)
        })
        .collect();
    assert_eq!(
        services,
        [
            ("com.nordcloudapp.klarity", false, 4),
            ("com.nordcloudapp.autobackup", false, 3),
            ("com.nordcloudapp.autopatcher", false, 3),
            ("com.nordcloudapp.imagefactory", true, 3),
            ("com.nordcloudapp.maestro", true, 2),
        ]
    );
    let text = Ctl::new().run("partners show IBM-Multicloud").exits(0).stdout;
    for told in [
        "Service\tMachine Image Toolkit\n  event source\tcom.nordcloudapp.imagefactory\n",
        "Service\tAccelerator (not integrated by the partner yet)\n",
        "  events\timage.created, image.distributed, image.failed\n",
        "  old names\tImage Factory, com.nordcloudapp.com.imagefactory\n",
        "  old names\tKlarity Core, com.nordcloudapp.com.klarity\n",
        "ask IBM/Nordcloud support or your customer success manager",
        "Checked\t2026-11-20",
    ] {
        assert!(text.contains(told), "{told}\n{text}");
    }
}

#[test]
fn a_partner_that_is_not_there_is_wrong_usage() {
    let output = Ctl::new().run("partners show nordclod -o json").exits(2);
    let error = output.error();
    assert_eq!(error["kind"], "usage");
    assert_eq!(texts(&error["hints"]), ["Did you mean nordcloud?"]);
    assert_eq!(output.stdout, "");
    drop(
        Ctl::new()
            .run("partners show xyzzy")
            .exits(2)
            .says(&["ctl partners list"]),
    );
    drop(Ctl::new().run("partners").exits(2));
}

#[test]
fn a_file_over_the_catalogue_is_named_and_the_working_directory_is_not_looked_into() {
    let file = r#"{"partners":[{"key":"snyk","accounts":["444455556666"]}]}"#;
    let ctl = Ctl::new();
    ctl.file("mine.json", file).file("partners.json", file);
    let plain = ctl.run("partners show snyk -o json").exits(0).json();
    assert_eq!(plain["partners_file"], Value::Null);
    assert_eq!(texts(&plain["partner"]["accounts"]), [""; 0]);
    let changed = ctl
        .run("partners show snyk -o json --partners mine.json")
        .exits(0)
        .json();
    let name = changed["partners_file"].as_str().unwrap().to_owned();
    assert!(name.ends_with("/mine.json"), "{name}");
    assert_eq!(texts(&changed["partner"]["accounts"]), ["444455556666"]);
    assert_eq!(changed["partner"]["overrides"][0]["file"], name.as_str());
    drop(
        ctl.run("partners list --partners mine.json")
            .exits(0)
            .says(&["mine.json"]),
    );
    drop(
        ctl.run("partners list --partners none.json")
            .exits(2)
            .says(&["none.json"]),
    );
    // The user's own configuration directory.
    ctl.file("config/ctl/partners.json", file);
    let own = ctl.run("partners show snyk -o json").exits(0).json();
    assert!(
        own["partners_file"]
            .as_str()
            .unwrap()
            .ends_with("/config/ctl/partners.json")
    );
}
