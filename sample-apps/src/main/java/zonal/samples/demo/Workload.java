package zonal.samples.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import zonal.samples.report.Progress;

/**
 * What the driver asks of a server, and its judgement: every answer is compared byte by byte with what the entry held
 * at some moment of the request.
 *
 * <p>Each entry has one changer thread, so its revisions come one after the other: {@code started[i]} is set before a change is
 * sent, {@code settled[i]} once it is answered. A reader on another thread notes {@code settled} before its request and
 * {@code started} after the answer: the revision it saw must lie between the two. Both arrays are volatile element by element, so
 * neither bound can be too narrow.
 *
 * <p>The same seed gives the same requests in the same order on each connection. One object serves one server.
 */
final class Workload {

    private static final int CHANGERS = 4;
    private static final int READERS = 2;
    private static final long SEED = 42;

    private final Corpus corpus;
    private final int port;
    private final AtomicIntegerArray started;
    private final AtomicIntegerArray settled;

    Workload(Corpus corpus, int port) {
        this.corpus = corpus;
        this.port = port;
        this.started = new AtomicIntegerArray(corpus.size());
        this.settled = new AtomicIntegerArray(corpus.size());
    }

    /** Reads every entry over several connections while nothing changes. */
    void readAll(String phase) throws IOException, InterruptedException {
        try (Progress progress = Progress.begin(phase, corpus.size())) {
            List<Task> tasks = new ArrayList<>();
            for (int thread = 0; thread < CHANGERS; thread++) {
                int first = thread;
                tasks.add(client -> {
                    for (int i = first; i < corpus.size(); i += CHANGERS) {
                        readAndCompare(client, i);
                        progress.step();
                    }
                });
            }
            inParallel(tasks);
        }
    }

    /** Replaces, removes and puts back entries on several connections, and reads them on others meanwhile. */
    void changeAndRead(String phase, int changes, int reads) throws IOException, InterruptedException {
        int changesEach = changes / CHANGERS;
        int readsEach = reads / READERS;
        try (Progress progress = Progress.begin(phase, (long) changesEach * CHANGERS + (long) readsEach * READERS)) {
            List<Task> tasks = new ArrayList<>();
            for (int thread = 0; thread < CHANGERS; thread++) {
                tasks.add(changer(thread, changesEach, progress));
            }
            for (int thread = 0; thread < READERS; thread++) {
                tasks.add(reader(thread, readsEach, progress));
            }
            inParallel(tasks);
        }
    }

    /** The revision that each entry has now; to be asked while nothing changes. */
    int revisionOf(int file) {
        return settled.get(file);
    }

    private Task changer(int thread, int changes, Progress progress) {
        SplittableRandom random = new SplittableRandom(SEED + thread);
        int mine = (corpus.size() - thread + CHANGERS - 1) / CHANGERS;
        return client -> {
            for (int change = 0; change < changes; change++) {
                changeNext(client, thread + CHANGERS * random.nextInt(mine));
                progress.step();
            }
        };
    }

    private Task reader(int thread, int reads, Progress progress) {
        SplittableRandom random = new SplittableRandom(SEED + CHANGERS + thread);
        return client -> {
            for (int read = 0; read < reads; read++) {
                readAndCompare(client, random.nextInt(corpus.size()));
                progress.step();
            }
        };
    }

    private void changeNext(CacheClient client, int file) throws IOException {
        int revision = settled.get(file) + 1;
        started.set(file, revision);
        if (Revision.isRemoved(revision)) {
            client.delete(corpus.name(file));
        } else {
            client.put(corpus.name(file), Revision.content(corpus.content(file), revision));
        }
        settled.set(file, revision);
    }

    private void readAndCompare(CacheClient client, int file) throws IOException {
        int oldest = settled.get(file);
        byte[] answer = client.get(corpus.name(file));
        int newest = started.get(file);
        for (int revision = oldest; revision <= newest; revision++) {
            boolean same = Revision.isRemoved(revision)
                    ? answer == null
                    : answer != null && Arrays.equals(answer, Revision.content(corpus.content(file), revision));
            if (same) {
                return;
            }
        }
        throw new IOException("%s: the answer (%s) is none of the revisions %d to %d"
                .formatted(corpus.name(file), answer == null ? "not found" : answer.length + " bytes", oldest, newest));
    }

    /** Runs the tasks, each on a thread and a connection of its own. */
    private void inParallel(List<Task> tasks) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (Task task : tasks) {
                futures.add(threads.submit(() -> {
                    try (CacheClient client = new CacheClient(port)) {
                        task.run(client);
                    }
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("the workload failed: " + e.getCause(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    private interface Task {
        void run(CacheClient client) throws IOException;
    }
}
