//! Wrong surroundings: Region, credentials, endpoints, proxies and the variables of the AWS CLI.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

use serde_json::json;

use super::refused;
use crate::harness::{Ctl, HOME, Lake, SECRET, SECRET_KEY};

fn enable() -> String {
    format!("enable --partner nordcloud --external-id {SECRET} --yes")
}

/// The verbs that call the service, each so that it would go through.
fn verbs() -> [Vec<String>; 3] {
    [enable(), "disable nordcloud --yes".to_owned(), "status".to_owned()]
        .map(|args| args.split(' ').map(str::to_owned).collect())
}

/// Each of those verbs must be refused with this code and these words.
#[track_caller]
fn all_refused(lake: &Lake, ctl: &Ctl, more: &[&str], code: i32, words: &[&str]) {
    for verb in verbs() {
        let args: Vec<&str> = verb.iter().map(String::as_str).chain(more.iter().copied()).collect();
        refused(lake, ctl, &args, code, words);
    }
}

/// Whatever it is that fails, it fails before the first request.
#[track_caller]
fn calls_nobody(lake: &Lake, ctl: &Ctl) {
    lake.forget();
    for verb in verbs() {
        let output = ctl.run_args(&verb.iter().map(String::as_str).collect::<Vec<_>>());
        assert_ne!(output.code, 0, "{output}");
        assert_eq!(lake.requests(), [], "{output}");
    }
}

/// An address on which nobody listens.
fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn no_region() {
    let lake = Lake::new();
    let words = ["No Region is set.", "--region", "AWS_REGION"];
    all_refused(&lake, &lake.ctl().without("AWS_REGION"), &[], 2, &words);
    // An empty one counts as none.
    all_refused(&lake, &lake.ctl().region(""), &[], 2, &words);
    let ctl = lake.ctl().region("").env("AWS_DEFAULT_REGION", "");
    all_refused(&lake, &ctl, &[], 2, &words);
    all_refused(&lake, &lake.ctl(), &["--region", ""], 2, &["--region is empty"]);
    calls_nobody(&lake, &lake.ctl().region(""));
}

#[test]
fn the_region_comes_from_flag_variable_or_profile() {
    let lake = Lake::new();
    let region = |ctl: &Ctl, args: &str| {
        let document = ctl.run(&format!("status -o json {args}")).exits(0).json();
        document["region"].as_str().unwrap().to_owned()
    };
    let profile = |ctl: &Ctl| {
        let text = "[default]\nregion = eu-north-1\n[profile other]\nregion = sa-east-1\n";
        ctl.file(".aws/config", text);
    };
    let ctl = lake.ctl().env("AWS_DEFAULT_REGION", "eu-west-2");
    profile(&ctl);
    assert_eq!(region(&ctl, "--region eu-west-3"), "eu-west-3");
    assert_eq!(region(&ctl, ""), "us-east-1");
    let ctl = ctl.region("");
    assert_eq!(region(&ctl, ""), "eu-west-2");
    let ctl = ctl.without("AWS_DEFAULT_REGION");
    assert_eq!(region(&ctl, ""), "eu-north-1");
    let ctl = ctl.env("AWS_PROFILE", "other");
    assert_eq!(region(&ctl, ""), "sa-east-1");
}

#[test]
fn no_credentials() {
    let lake = Lake::new();
    let ctl = lake.ctl().without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    all_refused(
        &lake,
        &ctl,
        &[],
        4,
        &["no usable AWS credentials", "AWS_PROFILE", "--sandbox"],
    );
    let ctl = lake.ctl().without("AWS_SECRET_ACCESS_KEY");
    all_refused(&lake, &ctl, &[], 4, &["no usable AWS credentials"]);
    calls_nobody(&lake, &ctl);
}

#[test]
fn credentials_of_a_profile() {
    let lake = Lake::new();
    let ctl = lake.ctl().without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    let text = format!("[audit]\naws_access_key_id = 444455556666\naws_secret_access_key = {SECRET_KEY}\n");
    ctl.file(".aws/credentials", &text);
    for args in ["status -o json --profile audit", "--profile audit status -o json"] {
        assert_eq!(ctl.run(args).exits(0).json()["account"], "444455556666");
    }
    refused(&lake, &ctl, &["status", "--profile", "nobody"], 4, &["credentials"]);

    // As with the AWS CLI, the keys of the environment go before AWS_PROFILE, and --profile before both.
    let keys = lake.ctl();
    keys.file(".aws/credentials", &text);
    let both = keys.env("AWS_PROFILE", "audit");
    assert_eq!(both.run("status -o json").exits(0).json()["account"], "111122223333");
    assert_eq!(
        both.run("status -o json --profile audit").exits(0).json()["account"],
        "444455556666"
    );
    refused(&lake, &both, &["status", "--profile", "nobody"], 4, &["credentials"]);
}

#[test]
fn hosts_of_other_kinds_are_not_meant_for_this_machine() {
    let lake = Lake::new();
    for variable in ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"] {
        drop(lake.ctl().env(variable, "true").run("status").exits(0));
    }
}

#[test]
fn expired_or_unknown_credentials() {
    let lake = Lake::new();
    for (code, word) in [
        ("ExpiredTokenException", "have expired"),
        ("UnrecognizedClientException", "not known"),
        ("AccessDeniedException", "cloudtrail:ListChannels"),
        ("SignatureDoesNotMatch", "clock"),
    ] {
        lake.heal();
        let fault = json!({"kind": "error", "status": 400, "code": code, "message": "not with these credentials"});
        lake.fault("ListChannels", 1, 0, fault);
        for verb in verbs() {
            let output = lake
                .ctl()
                .run_args(&verb.iter().map(String::as_str).collect::<Vec<_>>());
            let output = output.exits(4).says(&[code, word, "Request id: "]);
            assert_eq!(lake.writes(), [""; 0], "{output}");
        }
    }
}

#[test]
fn an_endpoint_that_refuses_connections() {
    let lake = Lake::new();
    let ctl = lake.ctl().env("AWS_ENDPOINT_URL", &format!("http://{}", nobody()));
    // As often as a run tries it by itself, and then as seldom as can be: that takes less time.
    refused(
        &lake,
        &ctl,
        &["status"],
        1,
        &["no connection to the endpoint could be made"],
    );
    let ctl = ctl.env("AWS_MAX_ATTEMPTS", "1");
    all_refused(
        &lake,
        &ctl,
        &[],
        1,
        &["no connection to the endpoint could be made", "--endpoint-url"],
    );
}

/// Reads a request to its end: what is hung up on unread may cost the client the reply.
fn read_request(stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        let header = line.to_ascii_lowercase();
        let value = header.strip_prefix("content-length:").map(str::trim);
        length = value.and_then(|value| value.parse().ok()).unwrap_or(length);
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok();
}

/// A server that answers every request with this.
fn answering(reply: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            read_request(&stream);
            stream.write_all(reply.as_bytes()).ok();
        }
    });
    address
}

#[test]
fn an_endpoint_that_answers_html() {
    let lake = Lake::new();
    for reply in [
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 15\r\nconnection: close\r\n\r\n<html>hi</html>",
        "HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: 15\r\nconnection: close\r\n\r\n<html>no</html>",
        "HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    ] {
        let ctl = lake
            .ctl()
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("AWS_ENDPOINT_URL", &format!("http://{}", answering(reply)));
        let words = ["not a reply of this service", "Something else answers there"];
        all_refused(&lake, &ctl, &[], 1, &words);
    }
    let reply = "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 15\r\nconnection: close\r\n\r\n<html>no</html>";
    let ctl = lake
        .ctl()
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("AWS_ENDPOINT_URL", &format!("http://{}", answering(reply)));
    all_refused(&lake, &ctl, &[], 1, &["HTTP 502"]);
}

#[test]
fn an_endpoint_that_is_no_url_or_not_safe() {
    let lake = Lake::new();
    for (url, word) in [
        ("nonsense", "is no endpoint URL"),
        ("127.0.0.1:4599", "is no endpoint URL"),
        ("ftp://127.0.0.1", "is no endpoint URL"),
        ("http://", "is no endpoint URL"),
        ("http://192.0.2.1:4599", "plain http"),
        ("http://lake.example.com", "plain http"),
    ] {
        all_refused(&lake, &lake.ctl(), &["--endpoint-url", url], 2, &[word]);
        for name in [
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_CLOUDTRAIL",
            "AWS_ENDPOINT_URL_CLOUDTRAIL_DATA",
        ] {
            all_refused(&lake, &lake.ctl().env(name, url), &[], 2, &[word]);
        }
    }
    // Plain http to another machine is taken when it is allowed in so many words; nobody is there.
    let ctl = lake
        .ctl()
        .env("AWS_ENDPOINT_URL", "http://nobody.invalid")
        .env("AWS_MAX_ATTEMPTS", "1");
    refused(&lake, &ctl, &["status", "--allow-http"], 1, &["no connection"]);
    // What a URL carries besides is not told.
    let secret = format!("http://me:{SECRET_KEY}@lake.example.com/?token={SECRET}");
    all_refused(
        &lake,
        &lake.ctl(),
        &["--endpoint-url", &secret],
        2,
        &["lake.example.com"],
    );
    // One that is wrong stops the calls to those that are right.
    calls_nobody(&lake, &lake.ctl().env("AWS_ENDPOINT_URL_CLOUDTRAIL_DATA", "nonsense"));
}

#[test]
fn endpoints_of_one_service_win_over_those_of_all() {
    let lake = Lake::new();
    let nobody = format!("http://{}", nobody());
    let ctl = lake
        .ctl()
        .env("AWS_ENDPOINT_URL", &nobody)
        .env("AWS_ENDPOINT_URL_STS", &lake.endpoint())
        .env("AWS_ENDPOINT_URL_CLOUDTRAIL", &lake.endpoint());
    drop(ctl.run(&enable()).exits(0));
    let ctl = ctl.env("AWS_ENDPOINT_URL_CLOUDTRAIL", &nobody);
    drop(ctl.run("status").exits(1));
    drop(ctl.run(&format!("status --endpoint-url {}", lake.endpoint())).exits(0));
}

#[test]
fn variables_about_retries() {
    let lake = Lake::new();
    for (name, value) in [
        ("AWS_MAX_ATTEMPTS", "0"),
        ("AWS_MAX_ATTEMPTS", "five"),
        ("AWS_MAX_ATTEMPTS", "-1"),
        ("AWS_MAX_ATTEMPTS", "1.5"),
        ("AWS_RETRY_MODE", "fast"),
    ] {
        all_refused(&lake, &lake.ctl().env(name, value), &[], 2, &[name, value]);
    }
    for (name, value) in [
        ("AWS_RETRY_MODE", "legacy"),
        ("AWS_RETRY_MODE", "standard"),
        ("AWS_RETRY_MODE", "adaptive"),
        ("AWS_RETRY_MODE", ""),
        ("AWS_MAX_ATTEMPTS", "1"),
        ("AWS_MAX_ATTEMPTS", ""),
    ] {
        let lake = Lake::new();
        let ctl = lake.ctl().env(name, value);
        drop(ctl.run(&enable()).exits(0));
    }
    // legacy works as standard: what may be repeated is.
    let ctl = lake.ctl().env("AWS_RETRY_MODE", "legacy");
    lake.fault("ListChannels", 1, 1, json!({"kind": "cut"}));
    drop(ctl.run("status").exits(0));
    // One attempt is one attempt.
    let ctl = lake.ctl().env("AWS_MAX_ATTEMPTS", "1");
    lake.forget();
    lake.fault("ListChannels", 1, 1, json!({"kind": "cut"}));
    drop(ctl.run("status").exits(1));
    assert_eq!(
        lake.requests()
            .iter()
            .filter(|seen| seen.operation == "ListChannels")
            .count(),
        1
    );
}

#[test]
fn other_variables_that_are_not_understood() {
    let lake = Lake::new();
    for (name, value) in [
        ("CTL_YES", "maybe"),
        ("CTL_OUTPUT", "xml"),
        ("CTL_COLOR", "blue"),
        ("CTL_SANDBOX", "2"),
    ] {
        let ctl = lake.ctl().env(name, value);
        refused(&lake, &ctl, &["status"], 2, &[name, value]);
    }
    let ctl = lake.ctl().env("CTL_OUTPUT", "json");
    drop(ctl.run("status").exits(0).json());
    drop(ctl.run("status nothing").exits(5).error());
}

#[test]
fn proxies_are_never_meant_for_this_machine() {
    let lake = Lake::new();
    let nobody = format!("http://{}", nobody());
    let with_proxies = |mut ctl: Ctl| {
        for name in [
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "all_proxy",
        ] {
            ctl = ctl.env(name, &nobody);
        }
        ctl
    };
    let ctl = with_proxies(lake.ctl());
    drop(ctl.run(&enable()).exits(0));
    drop(ctl.run(&format!("status --endpoint-url {}", lake.endpoint())).exits(0));
    let inside = with_proxies(Ctl::new());
    let document = inside.run(&format!("--sandbox {} -o json", enable())).exits(0).json();
    assert_eq!(document["sandbox"], true);
}

#[test]
fn the_sandbox_inside_needs_no_surroundings() {
    let ctl = Ctl::new();
    let document = ctl.run(&format!("--sandbox {} -o json", enable())).exits(0).json();
    assert_eq!(
        (
            &document["sandbox"],
            &document["integration"]["account"],
            &document["integration"]["region"]
        ),
        (&json!(true), &json!(HOME), &json!("us-east-1"))
    );
    // Its state lasts, and credentials or endpoints of the surroundings do not matter to it.
    let ctl = ctl
        .env("AWS_ENDPOINT_URL", &format!("http://{}", nobody()))
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY);
    let document = ctl.run("--sandbox status -o json").exits(0).json();
    assert_eq!(document["integrations"][0]["name"], "nordcloud-integration");
    // A partner can be played: it has channels of its own, which is none.
    let partner = ctl.env("AWS_ACCESS_KEY_ID", "855341727128");
    let document = partner.run("--sandbox status -o json").exits(0).json();
    assert_eq!(
        (&document["account"], &document["integrations"]),
        (&json!("855341727128"), &json!([]))
    );
    drop(
        partner
            .run("--sandbox status --endpoint-url http://127.0.0.1:1")
            .exits(2)
            .says(&["--sandbox"]),
    );
}
