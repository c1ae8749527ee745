use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use super::disk::Disk;
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

fn open(journals: &Journals, number: u32, name: &str) -> Result<Option<Past>> {
    tokio::task::block_in_place(|| journals.open(InputNumber(number), &input(name)))
}

fn opened(journals: &Journals, number: u32, name: &str) -> Past {
    open(journals, number, name).unwrap().unwrap()
}

fn standing(past: &mut Past, number: u8) -> Standing {
    past.standing(&event(number)).unwrap()
}

/// Sends events in one request, of which these become that.
async fn send(journals: &Journals, request: u64, events: &[(u32, u8)], landings: &[Landing]) -> Result<()> {
    let events: Vec<_> = events
        .iter()
        .map(|(input, number)| (InputNumber(*input), event(*number)))
        .collect();
    journals.sending(request, &events).await?;
    journals.landed(request, landings, now()).await
}

/// A run that sends events of `/a` and is killed; its journal.
async fn killed_run(delivery: &Delivery, events: &[u8]) -> PathBuf {
    let journals = Journals::new(delivery.clone()).unwrap();
    opened(&journals, 1, "/a");
    let events: Vec<_> = events.iter().map(|number| (1, *number)).collect();
    send(&journals, 1, &events, &vec![ACCEPTED; events.len()])
        .await
        .unwrap();
    journals.finish().await;
    read::path(delivery, &input("/a"))
}

const ACCEPTED: Landing = Landing::Accepted;
const FRESH: Standing = Standing::Fresh;
const DOUBTFUL: Standing = Standing::Doubtful;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_run_sends_what_was_not_accepted() {
    for (_home, delivery) in [in_directory(), in_file()] {
        let journals = Journals::new(delivery.clone()).unwrap();
        let past = opened(&journals, 7, "/a");
        assert_eq!((past.unmatched(), past.accepted_on()), (0, None));
        opened(&journals, 8, "/b");
        // The last one is of an input without a journal.
        let events = [(7, 1), (7, 2), (8, 3), (7, 4), (9, 9)];
        let landings = [ACCEPTED, Landing::NotTaken, ACCEPTED, Landing::Unknown, ACCEPTED];
        send(&journals, 1, &events, &landings).await.unwrap();
        journals.sending(2, &[(InputNumber(7), event(5))]).await.unwrap();
        journals.close(InputNumber(8), true, now()).await.unwrap();
        assert!(
            journals.sending(3, &[(InputNumber(8), event(6))]).await.is_err(),
            "a closed journal"
        );
        journals.finish().await;
        assert!(
            journals.sending(4, &[(InputNumber(7), event(6))]).await.is_err(),
            "all are closed"
        );

        let journals = Journals::new(delivery.clone()).unwrap();
        let mut past = opened(&journals, 1, "/a");
        assert_eq!((past.unmatched(), past.accepted_on()), (1, Some(now())));
        let found: Vec<Standing> = (1..=6).map(|number| standing(&mut past, number)).collect();
        assert_eq!(found, [Standing::Accepted, FRESH, FRESH, DOUBTFUL, DOUBTFUL, FRESH]);
        assert_eq!(past.unmatched(), 0);
        let mut past = opened(&journals, 2, "/b");
        assert_eq!(standing(&mut past, 3), Standing::Accepted);
        let mut past = opened(&journals, 3, "/c");
        assert_eq!(standing(&mut past, 3), FRESH);
        // A look does not mind that it is open.
        let mut past = look(&delivery, &input("/a")).unwrap();
        assert_eq!(standing(&mut past, 1), Standing::Accepted);
        journals.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_input_that_is_named_twice_is_sent_once() {
    for (_home, delivery) in [in_directory(), in_file()] {
        let journals = Journals::new(delivery).unwrap();
        opened(&journals, 1, "/a");
        let reader = journals.clone();
        let second = tokio::task::spawn_blocking(move || reader.open(InputNumber(2), &input("/a")));
        send(&journals, 1, &[(1, 1)], &[ACCEPTED]).await.unwrap();
        assert!(!second.is_finished());
        journals.close(InputNumber(1), true, now()).await.unwrap();
        let mut past = second.await.unwrap().unwrap().unwrap();
        assert_eq!(standing(&mut past, 1), Standing::Accepted);
        journals.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_for_a_journal_is_told_that_the_delivery_has_ended() {
    let (_home, delivery) = in_directory();
    let journals = Journals::new(delivery).unwrap();
    opened(&journals, 1, "/a");
    let reader = journals.clone();
    let second = tokio::task::spawn_blocking(move || reader.open(InputNumber(2), &input("/a")));
    journals.finish().await;
    assert!(second.await.unwrap().unwrap().is_none());
    assert!(open(&journals, 3, "/b").unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_journals_are_open_than_a_process_may_have_files() {
    let (_home, delivery) = in_directory();
    let journals = Journals::new(delivery).unwrap();
    let reader = journals.clone();
    let all = tokio::task::spawn_blocking(move || {
        (1..=193).for_each(|number| {
            assert!(
                reader
                    .open(InputNumber(number), &input(&number.to_string()))
                    .unwrap()
                    .is_some()
            );
        });
    });
    while journals.shared.state().inputs.len() < 192 {
        tokio::task::yield_now().await;
    }
    assert!(!all.is_finished());
    journals.close(InputNumber(5), false, now()).await.unwrap();
    all.await.unwrap();
    journals.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_on_one_journal_are_kept_apart() {
    for ((_home, delivery), who) in [
        (in_directory(), "Another ctl is sending /a: it holds "),
        (in_file(), "Another ctl is sending with the same journal: it holds "),
    ] {
        let (one, other) = (Journals::new(delivery.clone()), Journals::new(delivery.clone()));
        let (one, other) = (one.unwrap(), other.unwrap());
        opened(&one, 1, "/a");
        let error = open(&other, 1, "/a").unwrap_err();
        assert_eq!(error.kind, Kind::State);
        assert!(error.message.starts_with(who), "{}", error.message);
        // The one goes on as if nothing had been, and once it is done the other may.
        send(&one, 1, &[(1, 1)], &[ACCEPTED]).await.unwrap();
        one.finish().await;
        let mut past = opened(&other, 1, "/a");
        assert_eq!(standing(&mut past, 1), Standing::Accepted);
        other.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resend_forgets_what_was_accepted_of_the_inputs_that_are_sent() {
    for (_home, delivery) in [in_directory(), in_file()] {
        killed_run(&delivery, &[1, 2]).await;
        let again = Delivery {
            resend: true,
            ..delivery.clone()
        };
        assert_eq!(look(&again, &input("/a")).unwrap().unmatched(), 0);
        let journals = Journals::new(again).unwrap();
        assert_eq!(opened(&journals, 1, "/a").unmatched(), 0);
        send(&journals, 1, &[(1, 2)], &[ACCEPTED]).await.unwrap();
        journals.finish().await;
        let mut past = look(&delivery, &input("/a")).unwrap();
        assert_eq!((past.unmatched(), standing(&mut past, 1)), (1, FRESH));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_makes_nothing() {
    for (home, delivery) in [in_directory(), in_file()] {
        assert_eq!(look(&delivery, &input("/a")).unwrap().unmatched(), 0);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn journals_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (home, delivery) = in_directory();
    let path = killed_run(&delivery, &[1]).await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let wanted = [("ctl", 0o700), ("ctl/journals", 0o700)];
    for (path, wanted) in wanted {
        assert_eq!(mode(&home.path().join(path)), wanted, "{path}");
    }
    assert_eq!(mode(&path), 0o600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_journal_of_this_delivery_is_left_as_it_is() {
    let (_home, delivery) = in_file();
    let path = killed_run(&delivery, &[1]).await;
    let of_another = std::fs::read(&path).unwrap();
    let mut elsewhere = delivery;
    elsewhere.scope.channel = "arn:aws:cloudtrail:eu-west-1:111122223333:channel/two".to_owned();
    for (content, why) in [
        (b"{\"eventData\":{}}\n".as_slice(), "it is no journal of ctl's"),
        (b"{}", "it is no journal of ctl's"),
        (
            b"ctl journal 002\nwhatever",
            "a newer version of ctl wrote it, in format 2; this one knows format 1",
        ),
        (
            &of_another,
            "it is the journal of a delivery to arn:aws:cloudtrail:eu-west-1:111122223333:channel/one at \
             https://cloudtrail-data.eu-west-1.amazonaws.com",
        ),
    ] {
        std::fs::write(&path, content).unwrap();
        for resend in [false, true] {
            let delivery = Delivery {
                resend,
                ..elsewhere.clone()
            };
            let journals = Journals::new(delivery).unwrap();
            let error = open(&journals, 1, "/a").unwrap_err();
            assert_eq!(
                (error.kind, error.causes().collect::<Vec<_>>()),
                (Kind::State, vec![why.to_owned()])
            );
            journals.finish().await;
        }
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let journals = Journals::new(elsewhere).unwrap();
    assert!(open(&journals, 1, "/a").is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_torn_tail_is_cut_off_and_damage_is_told_once() {
    let (_home, delivery) = in_directory();
    let path = killed_run(&delivery, &[1]).await;
    let whole = std::fs::metadata(&path).unwrap().len();
    for tail in [b"\xFEjf".as_slice(), &[0; 5000], b"anything"] {
        File::options()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(tail)
            .unwrap();
        let mut past = look(&delivery, &input("/a")).unwrap();
        assert!(past.damage().is_empty());
        assert_eq!(standing(&mut past, 1), Standing::Accepted);
    }
    killed_run(&delivery, &[2]).await;
    let mut bytes = std::fs::read(&path).unwrap();
    let begin = usize::try_from(whole).unwrap();
    assert!(bytes[begin..].starts_with(b"\xFEjf"), "what was torn is gone");
    // The first run's last frame, which says what was accepted.
    bytes[begin - 1] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    for run in 1..=2 {
        let journals = Journals::new(delivery.clone()).unwrap();
        let mut past = opened(&journals, 1, "/a");
        assert_eq!(past.damage().is_empty(), run == 2);
        assert_eq!(
            [standing(&mut past, 1), standing(&mut past, 2)],
            [DOUBTFUL, Standing::Accepted]
        );
        journals.finish().await;
    }
}

/// A disk that is full from its third write on, of which it takes half.
struct Full {
    file: File,
    writes: u32,
}

impl Disk for Full {
    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.writes += 1;
        if self.writes < 3 {
            return self.file.append(bytes);
        }
        self.file.append(&bytes[..bytes.len() / 2])?;
        Err(std::io::ErrorKind::StorageFull.into())
    }

    fn sync(&mut self) -> std::io::Result<()> {
        self.file.sync()
    }

    fn cut(&mut self, _: u64) -> std::io::Result<()> {
        Err(std::io::ErrorKind::PermissionDenied.into())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_nothing_more_goes_out_and_the_journal_stays_readable() {
    for (_home, delivery) in [in_directory(), in_file()] {
        let journals = Journals::on(delivery.clone(), |file| Box::new(Full { file, writes: 0 })).unwrap();
        opened(&journals, 1, "/a");
        journals.sending(1, &[(InputNumber(1), event(1))]).await.unwrap();
        let path = read::path(&delivery, &input("/a"));
        for error in [
            journals.landed(1, &[ACCEPTED], now()).await.unwrap_err(),
            journals.sending(2, &[(InputNumber(1), event(2))]).await.unwrap_err(),
            journals.close(InputNumber(1), true, now()).await.unwrap_err(),
        ] {
            assert_eq!(error.kind, Kind::Failed);
            assert_eq!(
                error.message,
                format!("Could not write the journal {}.", path.display())
            );
            assert_eq!(error.causes().collect::<Vec<_>>(), ["no storage space"]);
        }
        assert!(open(&journals, 2, "/b").unwrap().is_none(), "nothing more is read");
        journals.finish().await;

        let journals = Journals::new(delivery).unwrap();
        let mut past = opened(&journals, 1, "/a");
        assert!(past.damage().is_empty());
        assert_eq!([standing(&mut past, 1), standing(&mut past, 2)], [DOUBTFUL, FRESH]);
        journals.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finished_journals_are_removed_by_age() {
    let (_home, delivery) = in_directory();
    let day = Duration::from_hours(24);
    let today = std::time::SystemTime::from(now());
    let cases = [
        ("/old", true, today - day * 91, false),
        ("/young", true, today - day * 89, true),
        ("/unfinished", false, today - day * 91, true),
        ("/tomorrow", true, today + day, true),
        ("/open", true, today - day * 91, true),
    ];
    let journals = Journals::new(delivery.clone()).unwrap();
    for (number, (name, complete, _, _)) in (1..).zip(cases) {
        opened(&journals, number, name);
        send(&journals, u64::from(number), &[(number, 1)], &[ACCEPTED])
            .await
            .unwrap();
        journals.close(InputNumber(number), complete, now()).await.unwrap();
    }
    let path = |name| read::path(&delivery, &input(name));
    for (name, _, touched, _) in cases {
        File::options()
            .append(true)
            .open(path(name))
            .unwrap()
            .set_modified(touched)
            .unwrap();
    }
    let held = File::open(path("/open")).unwrap();
    held.lock().unwrap();
    journals.finish().await;
    for (name, _, _, kept) in cases {
        assert_eq!(path(name).exists(), kept, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_comes_back_otherwise_than_it_went_is_a_bug() {
    let (_home, delivery) = in_directory();
    let journals = Journals::new(delivery).unwrap();
    opened(&journals, 1, "/a");
    let error = send(&journals, 1, &[(1, 1)], &[]).await.unwrap_err();
    assert_eq!(error.kind, Kind::Bug);
    journals.finish().await;
}
