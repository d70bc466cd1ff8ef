package zonal.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import zonal.allocator.LiveSite;
import zonal.allocator.PlainText;
import zonal.allocator.Sampler;

/**
 * Live bytes by call site as collapsed stacks, which flame graph tools read: a line a site, the frames from the outermost to
 * the innermost with semicolons between them, a space, the bytes.
 */
final class CollapsedStacks {
    private CollapsedStacks() {}

    /** Writes them to a {@link NewFile}, and answers its absolute path. */
    static Path write(String file) throws IOException {
        return NewFile.write(
                "file of collapsed stacks", file, stream -> write(Sampler.liveSites(Integer.MAX_VALUE), stream));
    }

    static void write(List<LiveSite> sites, OutputStream stream) throws IOException {
        for (LiveSite site : sites) {
            stream.write(line(site).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String line(LiveSite site) {
        StringBuilder line = new StringBuilder();
        for (String frame : site.texts().reversed()) {
            if (!line.isEmpty()) {
                line.append(';');
            }
            // A semicolon may be in a name, and a carriage return, at which some readers end a line.
            line.append(PlainText.of(frame).replace(';', ':'));
        }
        return line.append(' ').append(site.liveBytes()).append('\n').toString();
    }
}
