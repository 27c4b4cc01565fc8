//! Two TUN devices and the threads between them, which hold each packet back for a while.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use tun_rs::{DeviceBuilder, SyncDevice};

use crate::world::World;

/// Makes `vpc0` and `eth0` here, joined by threads that run as long as the process.
pub fn start(world: &World) -> Result<(), String> {
    let delay = Duration::from_millis(world.scenario.vpc.delay_ms);
    let [vpc, task] = ["vpc0", "eth0"].map(device);
    let (vpc, task) = (Arc::new(vpc?), Arc::new(task?));
    carry(Arc::clone(&vpc), Arc::clone(&task), delay);
    carry(task, vpc, delay);
    Ok(())
}

fn device(name: &str) -> Result<SyncDevice, String> {
    let why = "delay_ms needs /dev/net/tun: run as root, or make the device readable and writable for all";
    DeviceBuilder::new().name(name).enable(false).build_sync().map_err(|e| format!("make {name}: {e}; {why}"))
}

fn carry(from: Arc<SyncDevice>, to: Arc<SyncDevice>, delay: Duration) {
    let (held, due) = channel();
    std::thread::spawn(move || read(&from, &held, delay));
    std::thread::spawn(move || write(&to, &due));
}

fn read(device: &SyncDevice, held: &Sender<(Instant, Vec<u8>)>, delay: Duration) {
    let mut buffer = vec![0; 65536];
    while let Ok(length) = device.recv(&mut buffer) {
        if held.send((Instant::now() + delay, buffer[..length].to_vec())).is_err() {
            return;
        }
    }
}

fn write(device: &SyncDevice, due: &Receiver<(Instant, Vec<u8>)>) {
    for (when, packet) in due {
        std::thread::sleep(when.saturating_duration_since(Instant::now()));
        // A device that is not up yet loses packets, as a cable would.
        drop(device.send(&packet));
    }
}
