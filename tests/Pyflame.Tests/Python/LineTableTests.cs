using System.Globalization;
using Pyflame.Python;

namespace Pyflame.Tests.Python;

/// <summary>
/// Tables that the interpreters themselves made of one function, and the lines that their <c>PyCode_Addr2Line</c> gave for each
/// offset. The function:
/// <code>
/// def sample(f, items):                # line 10
///     a = f(1, f(2),)                  # on four lines, then 140 empty ones
///     for item in items:               # line 155
///         try: a += item
///         except ValueError: continue
///         finally: f(a)
///     return [x for x in items if x], a    # on five lines
/// </code>
/// </summary>
public sealed class LineTableTests
{
    public static TheoryData<string, int, int, string, string> Samples => new()
    {
        {
            "2.7.18", 10, 128,
            "0001030103010f8e0d01030003010e010d010b020f0203010a010f01",
            "0:11 3:12 6:13 21:155 34:156 40:157 54:158 67:159 78:161 93:163 96:164 106:165 121:166"
        },
        {
            "3.6.15", 10, 98,
            "0001020102010a7f000f0a0104010c010e010c020e0206010602",
            "0:11 2:12 4:13 14:155 24:156 28:157 40:158 54:159 66:161 80:163 86:164 92:166"
        },
        {
            "3.7.16", 10, 98,
            "0001020102010a7f000f0a0104010c010e010c020e0206010602",
            "0:11 2:12 4:13 14:155 24:156 28:157 40:158 54:159 66:161 80:163 86:164 92:166"
        },
        {
            "3.8.18", 10, 100,
            "00010201020106fe047f0011080104010c010e0112020c01060202fe040402fc",
            "0:11 2:12 4:13 10:11 14:155 22:156 26:157 38:158 52:159 70:161 82:162 88:164 90:162 94:166 96:162"
        },
        {
            "3.9.18", 10, 112,
            "00010201020106fe047f0011080104010c010c01040208fe0a021601060202fe040402fc",
            "0:11 2:12 4:13 10:11 14:155 22:156 26:157 38:158 50:159 54:161 62:159 72:161 94:162 100:164 102:162 106:166 108:162"
        },
        {
            "3.10.13", 10, 106,
            "02010201060104fe007f081104010c010c0104010a0202fd02ff14040601020204fe020404fc",
            "0:11 2:12 4:13 10:11 14:155 22:156 26:157 38:158 50:159 54:161 64:158 66:157 68:161 88:162 94:164 96:162 100:166 102:162"
        },
        {
            "3.11.7", 10, 206,
            "8000d808098801d80809d808098801882189048c04f105030906f4000309068041f06004001116f000060511f0000605118804f002050911d80c0d9014894988418841f8dd0f19f000010915f000010915f000010915d80c14e00c0d8841886189448c4488448844f007010915f8f8f8f003000d0ef008000d0e8841886189448c4488448844f888418841886189448c4488448844f8f8f8f002040c06f000040c06e01116f005040c06f100040c06f400040c06f008000809f009040c09f000040509",
            "0:10 2:11 6:12 8:13 28:11 44:155 52:156 54:157 66:0 68:158 86:159 88:161 112:158 114:0 120:157 122:161 146:0 148:161 172:0 178:162 182:164 184:162 200:166 202:162"
        },
        {
            "3.12.1", 10, 198,
            "8000d90809d80809d9080988218b04f3050309068041f06004001116f2000605118804f002050911d80c0d901489498941f108000d0e88618d44f00d060511f012001217f605040c06e00c0dd90b0cf20500090af203040c06f008000809f009040c09f000040509f8f40900101af200010915d80c14e10c0d88618d44f007010915fbf106000d0e88618d44fcf202040c06",
            "0:10 2:11 6:12 8:13 22:11 32:155 42:156 44:157 56:161 74:155 76:164 78:162 92:164 94:165 98:163 104:162 110:166 112:162 116:0 118:158 134:159 136:161 154:158 156:0 164:161 182:0 192:162"
        },
        {
            "3.13.0", 10, 222,
            "8000d90809d80809d9080988218b04f3050309068041f360040011168804f002050911d80c0d89498941f108000d0e88618e44f10d001116f112001217f305040c06e111168841dc0b0cf70500090ad91116f105040c06f008000809f009040c09f000040509f8f40900101af300010915d80c14e10c0d88618e44f007010915fbf106000d0e88618d44fcf202040c06",
            "0:10 2:11 6:12 8:13 22:11 32:155 42:156 44:157 54:161 74:155 78:164 82:162 90:164 96:165 106:163 122:164 126:162 130:166 132:162 136:0 138:158 156:159 158:161 178:158 180:0 188:161 206:0 216:162"
        },
        {
            "3.14.8", 10, 234,
            "8000d90809d80809d9080988218b04f3050309068041f360040011168804f002050911d80c0d8d498941f108000d0e88618e44f10d001116f112001217f305040c06e111168841dc0b0cf70500090a8801d91116f105040c06f008000809f009040c09f000040509f8f40900101af400010915d80c14e10c0d88618e44f007010915fbf106000d0e88618d44fcf202040c06",
            "0:10 2:11 6:12 8:13 22:11 32:155 42:156 44:157 62:161 82:155 86:164 90:162 98:164 104:165 114:163 132:164 136:162 140:166 142:162 146:0 148:158 168:159 170:161 190:158 192:0 200:161 218:0 228:162"
        },
        {
            "3.15.2", 10, 240,
            "8100d90809d80809d9080988218b04f3050309068041f460040011168804f002050911d80c0d8d498941f108000d0e88618e44f10d001116f012001217f305040c06e311168841dc0b0cf70500090a8801d91116f105040c06f008000809f009040c09f000040509f8f40900101af400010915d80c14e10c0d88618e44f007010915fbf106000d0e88618d44fcf202040c06",
            "0:10 4:11 8:12 10:13 24:11 34:155 46:156 48:157 66:161 86:155 90:164 92:162 100:164 110:165 120:163 138:164 142:162 146:166 148:162 152:0 154:158 174:159 176:161 196:158 198:0 206:161 224:0 234:162"
        },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Lines_are_those_of_the_interpreter(string version, int firstLine, int codeSize, string table, string expected)
    {
        Assert.True(VersionDetector.TryParse(version, out PythonVersion parsed, out _));
        int step = parsed.IsAtLeast(3, 6) ? 2 : 1;

        LineTable lines = LineTable.Decode(LineTable.FormatOf(parsed), Convert.FromHexString(table), firstLine);

        List<string> runs = [];
        int last = -1;
        for (int offset = 0; offset < codeSize; offset += step)
        {
            int line = lines.GetLine(offset);
            if (line != last)
            {
                runs.Add(string.Create(CultureInfo.InvariantCulture, $"{offset}:{line}"));
                last = line;
            }
        }

        Assert.Equal(expected, string.Join(' ', runs));
        Assert.Equal(firstLine, lines.GetLine(-1));
        Assert.Equal(firstLine, lines.GetLine(-2));
    }

    // Both deltas are unsigned up to 3.5, and a delta of more than 255 takes several pairs (Objects/lnotab_notes.txt).
    [Fact]
    public void Deltas_are_unsigned_up_to_3_5_and_signed_from_3_6()
    {
        byte[] table = [6, 200, 0, 255, 0, 10, 255, 0, 10, 1];

        LineTable old = LineTable.Decode(LineTableFormat.UnsignedDeltas, table, 1);
        Assert.Equal([1, 1, 466, 466, 467], new[] { 0, 5, 6, 270, 271 }.Select(old.GetLine));

        LineTable signed = LineTable.Decode(LineTableFormat.SignedDeltas, [6, 200, 2, 0x80], 100);
        Assert.Equal([100, 44, -84], new[] { 0, 6, 8 }.Select(signed.GetLine));
    }

    [Theory]
    [InlineData(LineTableFormat.UnsignedDeltas, 7, 7)]
    [InlineData(LineTableFormat.SignedDeltas, 7, 7)]
    [InlineData(LineTableFormat.Ranges, 0, 0)]
    [InlineData(LineTableFormat.Locations, 0, 0)]
    public void An_empty_table_has_the_first_line_or_none(LineTableFormat format, int atStart, int later)
    {
        LineTable lines = LineTable.Decode(format, [], 7);

        Assert.Equal(atStart, lines.GetLine(0));
        Assert.Equal(later, lines.GetLine(int.MaxValue));
        Assert.Equal(7, lines.GetLine(-1));
    }

    [Theory]
    [InlineData(LineTableFormat.UnsignedDeltas)]
    [InlineData(LineTableFormat.SignedDeltas)]
    [InlineData(LineTableFormat.Ranges)]
    [InlineData(LineTableFormat.Locations)]
    public void Nonsense_gives_some_line_and_never_an_exception(LineTableFormat format)
    {
        Random random = new(42);
        for (int round = 0; round < 2000; round++)
        {
            byte[] table = new byte[random.Next(64)];
            random.NextBytes(table);
            LineTable lines = LineTable.Decode(format, table, random.Next());
            for (int offset = -2; offset < 300; offset++)
            {
                lines.GetLine(offset);
            }

            Assert.InRange(lines.RunCount, 0, table.Length + 2);
        }
    }

    [Fact]
    public void Looking_up_a_line_allocates_nothing()
    {
        LineTable lines = LineTable.Decode(LineTableFormat.SignedDeltas, [6, 1, 8, 1, 10, 251], 10);
        long sum = lines.GetLine(3);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                sum += lines.GetLine(i);
            }
        }));
        Assert.NotEqual(0, sum);
    }
}
