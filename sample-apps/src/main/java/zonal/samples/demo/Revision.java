package zonal.samples.demo;

/**
 * The content of an entry, told by a number: revision 0 is the class file itself, every fourth is "removed", and each
 * other one is the file made longer or shorter and its bytes changed. So a driver that knows the number knows every byte.
 */
final class Revision {

    private static final int REMOVAL_EVERY = 4;

    /** Lengths in eighths of the file's: from half to one and a half, and seldom the last one again. */
    private static final int[] EIGHTHS = {8, 5, 11, 4, 9, 12, 6, 10, 7};

    private Revision() {}

    static boolean isRemoved(int revision) {
        return revision % REMOVAL_EVERY == REMOVAL_EVERY - 1;
    }

    /** The bytes of a revision that is not removed. Revision 0 answers {@code file} itself. */
    static byte[] content(byte[] file, int revision) {
        if (isRemoved(revision)) {
            throw new IllegalArgumentException("revision " + revision + " has no content");
        }
        if (revision == 0) {
            return file;
        }
        byte[] content = new byte[length(file, revision)];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (file[i % file.length] ^ revision);
        }
        return content;
    }

    /** The length of a revision's content in bytes. */
    static int length(byte[] file, int revision) {
        return Math.max(1, (int) ((long) file.length * EIGHTHS[revision % EIGHTHS.length] / 8));
    }
}
