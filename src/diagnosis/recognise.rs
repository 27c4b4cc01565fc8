//! Whether an HTTP answer is that of the service that was asked.
