package zonal.samples.model;

/** The empty loop: what the others are compared with. */
final class Test0 {

    private Test0() {}

    static void main() {
        byte[] addr = new byte[1];
        Usage usage = Usage.begin();
        for (int i = 0; i < 1024; i++) {
            addr[0] = 42;
        }
        usage.print();
    }
}
