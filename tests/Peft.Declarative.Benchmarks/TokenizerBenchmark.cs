using System.Diagnostics;
using System.Text;

namespace Peft.Declarative.Benchmarks;

/// <summary>Characters per second on one core, for text of several kinds and for words without end.</summary>
internal static class TokenizerBenchmark
{
    private const int Characters = 1_000_000;
    private const int Rounds = 3;
    private const int Words = 30_000;

    internal static void Run(string[] arguments)
    {
        foreach (string folder in arguments.Length > 0 ? arguments : DefaultFolders())
        {
            Tokenizer tokenizer = Tokenizer.Load(folder);
            Console.WriteLine($"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)),-16} {"characters",12} {"tokens",10} {"ms",8} {"M char/s",9}");
            foreach ((string name, string text) in Texts())
            {
                Measure(tokenizer, name, text);
            }
        }
    }

    private static void Measure(Tokenizer tokenizer, string name, string text)
    {
        // The first round finds an empty cache of words, which is the case that counts for a single document.
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            int tokens = tokenizer.Encode(text).Count;
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (round is 0 or Rounds - 1)
            {
                string label = name + (round == 0 ? ", first" : ", again");
                Console.WriteLine($"{label,-16} {text.Length,12:N0} {tokens,10:N0} {milliseconds,8:F0} {text.Length / milliseconds / 1000,9:F2}");
            }
        }
    }

    private static IEnumerable<(string Name, string Text)> Texts()
    {
        yield return ("prose", Prose(Characters));
        yield return ("chinese", Letters(Characters, '\u4E00', 3_000));
        yield return ("symbols", Letters(Characters, '!', 90));
        yield return ("word 1 MB", Letters(Characters, 'a', 26));
        yield return ("word 2 MB", Letters(2 * Characters, 'a', 26));
        yield return ("aaaa 1 MB", new string('a', Characters));
        yield return ("aaaa 2 MB", new string('a', 2 * Characters));
        yield return ("blanks 1 MB", new string(' ', Characters));
    }

    // Words as frequent as in language: the n-th most frequent about 1/n as often as the first.
    private static string Prose(int length)
    {
        var random = new Random(17);
        string[] words = [.. Enumerable.Range(0, Words).Select(_ => Letters(random, 1 + random.Next(9), 'a', 26))];
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(words[(int)Math.Pow(Words, random.NextDouble()) - 1]).Append(random.Next(12) == 0 ? ". " : " ");
        }

        return text.ToString(0, length);
    }

    private static string Letters(int length, char first, int count) => Letters(new Random(17), length, first, count);

    private static string Letters(Random random, int length, char first, int count) =>
        string.Create(length, (random, first, count), static (span, state) =>
        {
            foreach (ref char c in span)
            {
                c = (char)(state.first + state.random.Next(state.count));
            }
        });

    private static IEnumerable<string> DefaultFolders()
    {
        string root = Environment.GetEnvironmentVariable("PEFT_TOKENIZERS") ?? Path.Combine(RepositoryRoot(), "..", "shared", "tokenizers");
        string copy = Path.Combine(RepositoryRoot(), "tests", "Peft.Declarative.Tests", "Data", "tokenizers");
        return Directory.GetDirectories(Directory.Exists(root) ? root : copy).Order(StringComparer.Ordinal);
    }

    private static string RepositoryRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Peft.Declarative.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Run the benchmark inside the repository.");
        }

        return folder;
    }
}
