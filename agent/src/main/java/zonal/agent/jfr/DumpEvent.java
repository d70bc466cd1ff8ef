package zonal.agent.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;
import jdk.jfr.StackTrace;
import jdk.jfr.internal.RemoveFields;
import zonal.agent.DumpCommand;

/** A dump that the start of a recording asked for. */
@Name("zonal.Dump")
@Label("Off-Heap Dump")
@Description(
        "The list of live off-heap blocks, written to a file where a recording starts with this event and the setting command")
@Category("Zonal")
@StackTrace(false)
@RemoveFields({"eventThread", "stackTrace"})
final class DumpEvent extends Event {
    @Label("Command")
    String command = "";

    @Label("Size")
    @Description("Bytes of the file")
    @DataAmount
    long size;

    @Label("File")
    @Description("The new file, or why there is none")
    String file = "";

    @SettingDefinition
    @Name("command")
    @Label("Command")
    @Description(DumpCommand.USAGE)
    boolean command(DumpSetting setting) {
        return true;
    }
}
