use super::*;
use crate::plan::ingest::journal::{InputKey, Past, Standing};

const NOW: &str = "2026-11-20T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn delivery(place: Place) -> Delivery {
    Delivery {
        place,
        scope: Scope {
            endpoint: "https://cloudtrail-data.eu-west-1.amazonaws.com".to_owned(),
            channel: "arn:aws:cloudtrail:eu-west-1:111122223333:channel/one".to_owned(),
        },
        resend: false,
        now: now(),
    }
}

/// A directory, and the delivery whose journals are in it.
fn in_directory() -> (tempfile::TempDir, Delivery) {
    let home = tempfile::tempdir().unwrap();
    let place = Place::Directory(home.path().join("ctl/journals"));
    (home, delivery(place))
}

/// The same with one file for all inputs.
fn in_file() -> (tempfile::TempDir, Delivery) {
    let home = tempfile::tempdir().unwrap();
    let place = Place::File(home.path().join("one.journal"));
    (home, delivery(place))
}

fn input(name: &str) -> InputKey {
    InputKey::new(name)
}

fn event(number: u8) -> [u8; 32] {
    [number; 32]
}

fn open(journals: &Journals, name: &str) -> Result<Option<(InputNumber, Past)>> {
    tokio::task::block_in_place(|| journals.open(&input(name)))
}

fn opened(journals: &Journals, name: &str) -> (InputNumber, Past) {
    open(journals, name).unwrap().unwrap()
}

fn standing(past: &mut Past, number: u8) -> Standing {
    past.standing(&event(number)).unwrap()
}

/// Sends events of an input in one request, of which these become that.
async fn send(journals: &Journals, request: u64, events: &[(InputNumber, u8)], landings: &[Landing]) -> Result<()> {
    let events: Vec<_> = events.iter().map(|(input, number)| (*input, event(*number))).collect();
    journals.sending(request, &events).await?;
    journals.landed(request, landings, now()).await
}

const ACCEPTED: Landing = Landing::Accepted;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_run_sends_what_was_not_accepted() {
    for (_home, delivery) in [in_directory(), in_file()] {
        let journals = Journals::new(delivery.clone()).unwrap();
        let (a, past) = opened(&journals, "/a");
        assert_eq!((past.unmatched(), past.accepted_on()), (0, None));
        let (b, _) = opened(&journals, "/b");
        let landings = [ACCEPTED, Landing::NotTaken, ACCEPTED, Landing::Unknown];
        send(&journals, 1, &[(a, 1), (a, 2), (b, 3), (a, 4)], &landings)
            .await
            .unwrap();
        journals.sending(2, &[(a, event(5))]).await.unwrap();
        journals.close(b, true, now()).await.unwrap();
        journals.finish().await;
        assert!(journals.sending(3, &[(a, event(6))]).await.is_err());

        let journals = Journals::new(delivery.clone()).unwrap();
        let (_, mut past) = opened(&journals, "/a");
        assert_eq!((past.unmatched(), past.accepted_on()), (1, Some(now())));
        let found: Vec<Standing> = (1..=6).map(|number| standing(&mut past, number)).collect();
        let (fresh, doubtful) = (Standing::Fresh, Standing::Doubtful);
        assert_eq!(found, [Standing::Accepted, fresh, fresh, doubtful, doubtful, fresh]);
        assert_eq!(past.unmatched(), 0);
        let (_, mut past) = opened(&journals, "/b");
        assert_eq!(standing(&mut past, 3), Standing::Accepted);
        let (_, mut past) = opened(&journals, "/c");
        assert_eq!(standing(&mut past, 3), fresh);
        // A look does not mind that it is open.
        let mut past = super::past(&delivery, &input("/a")).unwrap();
        assert_eq!(standing(&mut past, 1), Standing::Accepted);
        journals.finish().await;
    }
}
