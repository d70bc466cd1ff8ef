package zonal.agent.apps;

/** Says one line on stdout and one on stderr. */
public final class Hello {
    private Hello() {}

    public static void main(String[] arguments) {
        System.out.println("hello");
        System.err.println("hello, too");
    }
}
