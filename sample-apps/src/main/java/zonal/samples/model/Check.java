package zonal.samples.model;

/** Something that must hold, and what was found. */
record Check(String what, boolean holds, String found) {

    @Override
    public String toString() {
        return (holds ? "ok      " : "FAILED  ") + what + (found.isEmpty() ? "" : ": " + found);
    }
}
