using System.Text;
using System.Text.Json;

namespace Pyflame.Profiles.Export.Pages;

/// <summary>Writes the boxes once more, as what the picture's script reads: all of them, in few bytes each.</summary>
internal static class SvgData
{
    /// <summary>
    /// Writes JSON in ASCII without any character that means something in XML. Boxes are in preorder, four numbers each: how many
    /// boxes to go up from the one before to reach the caller, the site, the total and the own weight.
    /// </summary>
    public static void Write(
        TextWriter writer, FlameLayout layout, IReadOnlyList<SvgSite> sites, ProfileSummary summary, bool icicle)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            var texts = new StringTable();
            int[] used = UsedSites(layout, sites.Count);
            json.WriteStartObject();
            json.WriteNumber("intervalNanoseconds", summary.Interval.TotalNanoseconds);
            json.WriteBoolean("icicle", icicle);
            json.WriteStartArray("sites");
            foreach (int site in used.Index().Where(pair => pair.Item >= 0).OrderBy(pair => pair.Item).Select(pair => pair.Index))
            {
                SvgSite shown = sites[site];
                json.WriteNumberValue(texts.Intern(shown.Name).Value);
                json.WriteNumberValue(shown.FullName == shown.Name ? 0 : texts.Intern(shown.FullName).Value);
                json.WriteNumberValue(texts.Intern(shown.Path).Value);
                json.WriteNumberValue(texts.Intern(shown.Label).Value);
                json.WriteNumberValue(shown.Line);
                json.WriteNumberValue(shown.Color);
            }

            json.WriteEndArray();
            json.WriteStartArray("texts");
            for (int text = 0; text < texts.Count; text++)
            {
                json.WriteStringValue(texts[new StringId(text)]);
            }

            json.WriteEndArray();
            WriteBoxes(json, layout, used);
            json.WriteEndObject();
        }

        writer.Write(Encoding.ASCII.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    private static void WriteBoxes(Utf8JsonWriter json, FlameLayout layout, int[] used)
    {
        json.WriteStartArray("boxes");
        int depth = -1;
        foreach (FlameBox box in layout.Boxes)
        {
            json.WriteNumberValue(depth + 1 - box.Depth);
            json.WriteNumberValue(box.Site < 0 ? -1 : used[box.Site]);
            json.WriteNumberValue(box.Total);
            json.WriteNumberValue(box.Own);
            depth = box.Depth;
        }

        json.WriteEndArray();
    }

    // The new index of each site that a box is left of, in the order of their first box; -1 for the others.
    private static int[] UsedSites(FlameLayout layout, int count)
    {
        var used = new int[count];
        Array.Fill(used, -1);
        int next = 0;
        foreach (FlameBox box in layout.Boxes)
        {
            if (box.Site >= 0 && used[box.Site] < 0)
            {
                used[box.Site] = next++;
            }
        }

        return used;
    }
}
