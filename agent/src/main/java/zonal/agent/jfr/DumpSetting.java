package zonal.agent.jfr;

import java.util.Set;
import jdk.jfr.SettingControl;

/**
 * The setting {@code command} of {@link DumpEvent}. It makes the setting known to tools; what is done at the start of a recording follows
 * from that recording's own value ({@link FlightRecorderEvents}), not from this one of all recordings together.
 */
final class DumpSetting extends SettingControl {
    private String value = "";

    @Override
    public String combine(Set<String> values) {
        return String.join(" ", values);
    }

    @Override
    public void setValue(String newValue) {
        value = newValue;
    }

    @Override
    public String getValue() {
        return value;
    }
}
