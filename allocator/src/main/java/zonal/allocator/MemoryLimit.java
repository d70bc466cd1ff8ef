package zonal.allocator;

/**
 * How much memory there is.
 *
 * @param bytes what this process can have: what the machine has, or what the control groups that it is in (its container) allow, if that is less
 * @param ofMachine what the machine has, swap included, in bytes; where it isn't told, any number
 */
record MemoryLimit(long bytes, long ofMachine) {

    private static final long UNKNOWN = 4L << 30;

    /** As told by the files of this machine. */
    static MemoryLimit read() {
        return read("");
    }

    /** As told by the files below another folder than the root. */
    static MemoryLimit read(String root) {
        String machine = KernelFile.read(root + "/proc/meminfo");
        long memory = machine == null ? -1 : KernelFile.number(machine, "MemTotal:");
        long swap = machine == null ? -1 : KernelFile.number(machine, "SwapTotal:");
        long limit = memory < 0 ? UNKNOWN : memory << 10;
        String groups = KernelFile.read(root + "/proc/self/cgroup");
        return new MemoryLimit(
                groups == null ? limit : Math.min(limit, ofGroups(root, groups)),
                memory < 0 ? Long.MAX_VALUE : (memory + Math.max(0, swap)) << 10);
    }

    /** The least limit of the groups, of which there is a line each: {@code number:controllers:path}, version 2 without controllers. */
    private static long ofGroups(String root, String groups) {
        long limit = Long.MAX_VALUE;
        for (int line = 0; line < groups.length(); ) {
            int end = groups.indexOf('\n', line);
            end = end < 0 ? groups.length() : end;
            int controllers = groups.indexOf(':', line) + 1;
            int path = groups.indexOf(':', controllers) + 1;
            if (controllers > line && path > controllers && path <= end) {
                String names = groups.substring(controllers, path - 1);
                String group = groups.substring(path, end);
                if (names.isEmpty()) {
                    limit = Math.min(limit, ofPath(root + "/sys/fs/cgroup", group, "/memory.max"));
                } else if (("," + names + ",").contains(",memory,")) {
                    limit = Math.min(limit, ofPath(root + "/sys/fs/cgroup/memory", group, "/memory.limit_in_bytes"));
                }
            }
            line = end + 1;
        }
        return limit;
    }

    /** The least limit of a group and those that it lies in. Within a container, the path may be the host's: then the root of all is its own. */
    private static long ofPath(String mount, String group, String file) {
        long limit = Long.MAX_VALUE;
        String path = group.endsWith("/") ? group.substring(0, group.length() - 1) : group;
        for (; ; path = path.substring(0, path.lastIndexOf('/'))) {
            String text = KernelFile.read(mount + path + file);
            long bytes = text == null ? -1 : KernelFile.number(text, "");
            if (bytes >= 0) {
                limit = Math.min(limit, bytes);
            }
            if (path.lastIndexOf('/') < 0) {
                return limit;
            }
        }
    }
}
