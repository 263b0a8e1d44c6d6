using System.Text;
using Peft.Declarative.Data;

namespace Peft.Declarative.Tests.Data.Files;

/// <summary>Lines of strangers: whatever they hold, a line is a row or has a reason, and nothing else happens.</summary>
public sealed class JsonLineMutationTests
{
    private static readonly byte[][] Seeds =
    [
        [.. """{"text": "once \u00e9 upon"}"""u8],
        [.. """{"prompt": "a", "completion": "b", "id": [1, {"x": null}]}"""u8],
        [.. """{"messages": [{"role": "user", "content": "hi 🎈"}, {"role": "assistant", "content": null}], "tools": [{"name": "t"}]}"""u8],
    ];

    [Fact]
    public void Read_OfMutatedLines_GivesARowOrAReason()
    {
        var random = new Random(17);
        int rows = 0;
        const int Lines = 20_000;
        for (int i = 0; i < Lines; i++)
        {
            byte[] line = Mutated(Seeds[i % Seeds.Length], random);

            FileRow row = JsonLines.Read(line, number: 1);

            Assert.True(row.Row is null == row.Problem.Length > 0, Encoding.Latin1.GetString(line));
            rows += row.Row is null ? 0 : 1;
        }

        Assert.InRange(rows, Lines / 100, Lines - (Lines / 100));
    }

    private static byte[] Mutated(byte[] seed, Random random)
    {
        List<byte> line = [.. seed];
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(line.Count);
            switch (random.Next(4))
            {
                case 0: line[at] = (byte)random.Next(256); break;
                case 1: line.RemoveAt(at); break;
                case 2: line.InsertRange(at, line.GetRange(at, Math.Min(random.Next(1, 30), line.Count - at))); break;
                default: line.RemoveRange(at, line.Count - at); break;
            }

            if (line.Count == 0)
            {
                break;
            }
        }

        return [.. line];
    }
}
