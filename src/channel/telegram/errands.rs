//! Small calls on the side (an answer to a press, "typing"): nobody waits for them, nothing depends on them, and at the
//! end they are waited for a moment.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;

/// Errands under way at once; one more is not begun.
const AT_ONCE: usize = 256;

/// The errands under way.
#[derive(Debug, Default)]
pub(super) struct Errands {
    tasks: Mutex<JoinSet<()>>,
}

impl Errands {
    /// Begins `errand`, unless too many are under way.
    pub(super) fn run(&self, errand: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        if tasks.len() < AT_ONCE {
            tasks.spawn(errand);
        }
    }

    /// Waits until all are done, but no longer than `patience`.
    pub(super) async fn finish(&self, patience: Duration) {
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        let all = async { while tasks.join_next().await.is_some() {} };
        // What is left is dropped with the set.
        let _ = tokio::time::timeout(patience, all).await;
    }
}
