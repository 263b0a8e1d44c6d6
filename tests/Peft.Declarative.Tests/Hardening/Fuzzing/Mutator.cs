using System.Text;

namespace Peft.Declarative.Tests.Hardening.Fuzzing;

/// <summary>Makes damaged files out of good ones: by bytes, as a bad disk would, and by words, as a hostile hand would.</summary>
/// <param name="seeds">Good files.</param>
/// <param name="words">Words that the parser looks for, beside those that make trouble everywhere.</param>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, IReadOnlyList<string> words)
{
    private const int MostChanges = 4;
    private const int DeepestNesting = 3000;
    private const int MostBytes = 1 << 16;

    private static readonly string[] Troublesome =
    [
        "0", "-1", "1", "3", "255", "256", "65536", "2147483647", "2147483648", "-2147483648", "4294967296", "9223372036854775807",
        "18446744073709551615", "1e3", "1e999", "-0.0", "0.5", "1e-400", "NaN", "null", "true", "false", "\"\"", "\"\\ud800\"", "\"\\u0000\"",
        "[]", "{}", "[null]", "{\"\":0}", "[[", "]]", "}", ",", ":", "\"", "\\", "\n", "\0", "\uFEFF", "é", "🎈",
    ];

    private readonly byte[][] _words = [.. Troublesome.Concat(words).Select(Encoding.UTF8.GetBytes)];

    /// <summary>The input of a number; the same one each time.</summary>
    internal byte[] Input(int number, int seed)
    {
        var random = new Random(HashOf(seed, number));
        byte[] good = seeds[random.Next(seeds.Count)];
        if (random.Next(2) == 0 && JsonMutator.Mutate(good, words, random) is { } changed)
        {
            return changed;
        }

        List<byte> bytes = [.. good];
        for (int change = random.Next(1, MostChanges + 1); change > 0; change--)
        {
            Change(bytes, random);
        }

        return bytes.Count <= MostBytes ? [.. bytes] : [.. bytes[..MostBytes]];
    }

    private void Change(List<byte> bytes, Random random)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(random.Next(1, 40), bytes.Count - at);
        switch (random.Next(12))
        {
            case 0 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4 when random.Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                byte[] other = seeds[random.Next(seeds.Count)];
                int from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 200), other.Length - from)));
                break;
            case 6 when random.Next(8) == 0:
                bytes.InsertRange(at, Nesting(random));
                break;
            case 7:
                bytes.InsertRange(at, Word(random));
                break;
            default:
                ReplaceWord(bytes, at, Word(random));
                break;
        }
    }

    /// <summary>Replaces the number or name around a place: what stands between other characters.</summary>
    private static void ReplaceWord(List<byte> bytes, int at, byte[] word)
    {
        int start = at;
        while (start > 0 && IsWord(bytes[start - 1]))
        {
            start--;
        }

        int end = at;
        while (end < bytes.Count && IsWord(bytes[end]))
        {
            end++;
        }

        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, word);
    }

    private static bool IsWord(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'+';

    private byte[] Word(Random random) => _words[random.Next(_words.Length)];

    private byte[] Nesting(Random random)
    {
        byte[] word = Word(random);
        byte[] unit = random.Next(3) switch { 0 => "["u8.ToArray(), 1 => "("u8.ToArray(), _ => word };
        return [.. Enumerable.Repeat(unit, random.Next(1, DeepestNesting)).SelectMany(part => part)];
    }

    // HashCode would differ from process to process.
    private static int HashOf(int seed, int number) => unchecked((seed * 486_187_739) + (number * 16_777_619));
}
