package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The range is sized by what the process can have, not by what the machine has. */
class MemoryLimitTest {

    private static final long MIB = 1 << 20;

    @TempDir
    private Path root;

    @Test
    void withoutGroupsItIsTheMachines() throws IOException {
        write("proc/meminfo", "MemTotal:       24684096 kB\nMemFree:        1 kB\n");
        assertThat(MemoryLimit.read(root.toString()).bytes()).isEqualTo(24_684_096L << 10);
    }

    @Test
    void aBlockMayHaveWhatTheMachineHasWithItsSwap() throws IOException {
        assertThat(MemoryLimit.read(root.toString()).ofMachine()).isEqualTo(Long.MAX_VALUE);
        write("proc/meminfo", "MemTotal:       24684096 kB\nSwapTotal:       1048576 kB\n");
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/memory.max", "134217728\n");
        assertThat(MemoryLimit.read(root.toString()).ofMachine()).isEqualTo(25_732_672L << 10);
    }

    @Test
    void aGroupOfVersion2LimitsIt() throws IOException {
        write("proc/meminfo", "MemTotal:       24684096 kB\n");
        write("proc/self/cgroup", "0::/system.slice/app.service\n");
        write("sys/fs/cgroup/system.slice/app.service/memory.max", "268435456\n");
        assertThat(MemoryLimit.read(root.toString()).bytes()).isEqualTo(256 * MIB);
    }

    @Test
    void soDoesOneThatTheGroupLiesIn() throws IOException {
        write("proc/meminfo", "MemTotal:       24684096 kB\n");
        write("proc/self/cgroup", "0::/pod/container\n");
        write("sys/fs/cgroup/pod/container/memory.max", "max\n");
        write("sys/fs/cgroup/pod/memory.max", "536870912\n");
        assertThat(MemoryLimit.read(root.toString()).bytes()).isEqualTo(512 * MIB);
    }

    @Test
    void withinAContainerTheRootOfAllGroupsIsItsOwn() throws IOException {
        write("proc/meminfo", "MemTotal:       24684096 kB\n");
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/memory.max", "134217728\n");
        assertThat(MemoryLimit.read(root.toString()).bytes()).isEqualTo(128 * MIB);
    }

    @Test
    void aGroupOfVersion1LimitsIt() throws IOException {
        write("proc/meminfo", "MemTotal:       24684096 kB\n");
        write("proc/self/cgroup", "9:name=systemd:/\n5:cpu,memory:/docker/0123\n0::/\n");
        write("sys/fs/cgroup/memory/docker/0123/memory.limit_in_bytes", "268435456\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(MemoryLimit.read(root.toString()).bytes()).isEqualTo(256 * MIB);
    }

    @Test
    void inAGroupOfThisMachineTheRangeIsSmaller() throws IOException {
        Path groups = Path.of("/sys/fs/cgroup/memory");
        String file = "memory.limit_in_bytes";
        assumeThat(Files.isWritable(groups.resolve("tasks")))
                .as("groups can be made here")
                .isTrue();
        Path group = Files.createDirectory(
                groups.resolve("zonal-test-" + ProcessHandle.current().pid()));
        try {
            Files.writeString(group.resolve(file), Long.toString(256 * MIB));
            ChildJvm.Result result = ChildJvm.of(LimitsRun.class, "range")
                    .flags("-Xmx64m")
                    .under("bash", "-c", "echo $$ > " + group.resolve("tasks") + " && exec \"$0\" \"$@\"")
                    .run()
                    .succeeded();
            assertThat(result.number("area")).isEqualTo(256 * MIB);
        } finally {
            Files.delete(group);
        }
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
