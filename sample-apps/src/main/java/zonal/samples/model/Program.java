package zonal.samples.model;

/** The test programs. */
enum Program {
    TEST0(Test0.class, "an empty loop", true, ""),
    TEST1(Test1.class, "1,024 x malloc(1024)", true, ""),
    TEST2(Test2.class, "the same with free", true, ""),
    TEST3(Test3.class, "realloc 16 to 128 MiB", true, "Bonjours 42"),
    TEST3B(Test3b.class, "realloc among neighbours", true, "Bonjours 42\nbelow above"),
    TEST4(Test4.class, "bad pointers", false, "NULL Bonjours"),
    TEST5(Test5.class, "alignment", true, ""),
    TEST6(Test6.class, "show_alloc_mem", true, "");

    final Class<?> mainClass;
    final String what;

    /** Whether the stock allocator survives it. */
    final boolean runsStock;

    /** What it must print, besides what it used. */
    final String prints;

    Program(Class<?> mainClass, String what, boolean runsStock, String prints) {
        this.mainClass = mainClass;
        this.what = what;
        this.runsStock = runsStock;
        this.prints = prints;
    }
}
