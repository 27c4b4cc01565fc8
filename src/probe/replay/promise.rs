//! A value that one step brings and others wait for.

use tokio::sync::watch;

/// A value that comes once.
pub(super) struct Promise<T>(watch::Sender<Option<T>>);

impl<T> Default for Promise<T> {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl<T: Clone> Promise<T> {
    /// Keep it.
    pub(super) fn keep(&self, value: T) {
        self.0.send_replace(Some(value));
    }

    /// Wait until it is kept.
    pub(super) async fn kept(&self) -> Option<T> {
        let mut receiver = self.0.subscribe();
        let value = receiver.wait_for(Option::is_some).await.ok()?;
        value.clone()
    }
}
