package zonal.agent;

import java.io.File;
import java.net.URISyntaxException;

/** The jar that this code comes from. */
public final class AgentJar {
    private AgentJar() {}

    /** Its version. */
    public static String version() {
        // The gate is the loader of this class, and the only class whose package has the jar's manifest.
        ClassLoader gate = AgentJar.class.getClassLoader();
        String version = gate == null ? null : gate.getClass().getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    /** Where it is. */
    public static File file() {
        try {
            return new File(AgentJar.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
