package zonal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.MBeanException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonal.agent.apps.Holder;

/** Whoever else may write where a file is to go, be it in a folder that all the world can write to: it is a new one, and its owner's alone. */
class NewFileIT {
    private static final List<String> OPERATIONS = List.of("dump", "dumpExtended", "report", "pprof", "collapsed");
    private static final int RACES = 150;

    @TempDir
    Path folder;

    @Test
    void itIsTheOwnersAloneWhateverTheUmaskAllows() throws Exception {
        Path launcher = Files.writeString(
                folder.resolve("java"),
                "#!/bin/sh\numask 0\nexec " + Path.of(System.getProperty("java.home"), "bin", "java") + " \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        withBean(new Jvm(folder).java(launcher).agent("dump-on-exit=exit"), bean -> {
            for (String operation : OPERATIONS) {
                assertOwnersAlone(Path.of(bean.write(operation, operation)));
            }
        });
        assertOwnersAlone(folder.resolve("exit"));
    }

    @Test
    void withoutANameThereIsNone() {
        for (String name : new String[] {null, "", " "}) {
            IOException failure =
                    assertThrows(IOException.class, () -> NewFile.write("dump", name, stream -> stream.write('x')));
            assertEquals("a dump needs the name of a file", failure.getMessage());
        }
    }

    /** As where the file system is read-only. */
    @Test
    void whereItCannotBeMadeItIsNamedAndTheReasonIsTheSystems() throws Exception {
        Path file = Files.createFile(folder.resolve("file")).resolve("dump.txt");
        String expected = file + " can't be made: Not a directory";
        IOException failure =
                assertThrows(IOException.class, () -> NewFile.write("dump", file.toString(), stream -> {}));
        assertEquals(expected, failure.getMessage());
        failure = assertThrows(IOException.class, () -> NewFile.replace("dump", file.toString(), stream -> {}));
        assertEquals(expected, failure.getMessage());
    }

    @Test
    void oneThatCouldNotBeFinishedIsNamed() {
        Path file = folder.resolve("dump.txt");
        for (Throwable reason : List.of(new IOException("No space left on device"), new OutOfMemoryError("heap"))) {
            IOException failure = assertThrows(
                    IOException.class,
                    () -> NewFile.write("dump", file.toString(), stream -> {
                        stream.write('x');
                        if (reason instanceof OutOfMemoryError error) {
                            throw error;
                        }
                        throw (IOException) reason;
                    }));
            assertEquals(file + " is not complete: " + Messages.of(reason), failure.getMessage());
            assertTrue(file.toFile().delete());
        }
    }

    @Test
    void aThreadThatIsInterruptedWritesItAndIsInterruptedStill() throws Exception {
        Path file = folder.resolve("dump.txt");
        Thread.currentThread().interrupt();
        NewFile.write("dump", file.toString(), stream -> stream.write('x'));
        assertTrue(Thread.interrupted());
        assertEquals("x", Files.readString(file));
    }

    @Test
    void aHardLinkAndAPipeAndADeviceThatWereLaidThereAreLeftAlone() throws Exception {
        Path precious = Files.writeString(folder.resolve("precious.txt"), "precious");
        Path hardLink = Files.createLink(folder.resolve("hard.txt"), precious);
        Path pipe = folder.resolve("pipe.txt");
        assertEquals(0, Jvm.execute(folder, "mkfifo", pipe).exitCode());
        Path toDevice = Files.createSymbolicLink(folder.resolve("device.txt"), Path.of("/dev/null"));
        withBean(new Jvm(folder).agent(), bean -> {
            for (Path there : List.of(hardLink, pipe, toDevice, precious)) {
                for (String operation : OPERATIONS) {
                    // A pipe that was opened would be waited for, until somebody reads.
                    MBeanException refusal = assertThrows(MBeanException.class, () -> bean.write(operation, there));
                    assertTrue(String.valueOf(refusal.getMessage()).contains("exists already"), refusal.toString());
                }
            }
        });
        assertEquals("precious", Files.readString(precious));
    }

    /** Somebody exchanges the folder and what lies at the name, all the time. */
    @Test
    void whoeverExchangesTheFolderAndTheNameMeanwhileNothingThatWasThereIsWrittenTo() throws Exception {
        Path precious = Files.writeString(folder.resolve("precious.txt"), "precious");
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.createLink(full.resolve("dump.txt"), precious);
        Path linked = Files.createDirectory(folder.resolve("linked"));
        Files.createSymbolicLink(linked.resolve("dump.txt"), precious);
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Path target = folder.resolve("target");
        AtomicBoolean over = new AtomicBoolean();
        Thread attacker = new Thread(() -> exchange(target, List.of(full, empty, linked), over), "attacker");
        Files.createSymbolicLink(target, full);
        attacker.setDaemon(true);
        attacker.start();
        int[] written = new int[1];
        withBean(new Jvm(folder).agent(), bean -> {
            for (int i = 0; i < RACES; i++) {
                try {
                    bean.write("dump", target.resolve("dump.txt"));
                    written[0]++;
                    assertOwnersAlone(empty.resolve("dump.txt"));
                    Files.delete(empty.resolve("dump.txt"));
                } catch (MBeanException e) {
                    assertTrue(String.valueOf(e.getMessage()).contains("exists already"), e.toString());
                }
            }
        });
        over.set(true);
        attacker.join();
        assertEquals("precious", Files.readString(precious));
        assertTrue(written[0] > 0 && written[0] < RACES, written[0] + " of " + RACES + " found the empty folder");
    }

    private static void exchange(Path link, List<Path> targets, AtomicBoolean over) {
        Path next = link.resolveSibling("next");
        try {
            for (int i = 0; !over.get(); i++) {
                Files.createSymbolicLink(next, targets.get(i % targets.size()));
                Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertOwnersAlone(Path file) throws Exception {
        assertFalse(Files.isSymbolicLink(file), file.toString());
        assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS), file.toString());
        assertEquals(1, Files.getAttribute(file, "unix:nlink"), file.toString());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), file.toString());
    }

    private interface Check {
        void on(BeanClient bean) throws Exception;
    }

    private static void withBean(Jvm jvm, Check check) throws Exception {
        try (Jvm.Running running = jvm.app(Holder.class).start()) {
            running.awaitLine("ready");
            try (BeanClient bean = new BeanClient(running)) {
                check.on(bean);
            }
            running.proceed();
            assertEquals(0, running.join().exitCode());
        }
    }
}
