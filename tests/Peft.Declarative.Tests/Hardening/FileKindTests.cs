using System.Diagnostics;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Tests.Data;
using Peft.Declarative.Tests.Text;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Tests.Hardening;

/// <summary>Every reader refuses what is no file at once, and bounds what it makes of a file.</summary>
public sealed class FileKindTests
{
    private static readonly (string Name, Action<string> Read)[] Readers =
    [
        ("adapter_config.json", path => JsonFile.ReadObject(path)),
        ("model.safetensors", path => SafetensorsFile.Open(path).Dispose()),
        ("tokenizer.json", path => Tokenizer.Load(path)),
        ("chat_template.jinja", path => Tokenizer.Load(Beside(path))),
        ("tokenizer_config.json", path => Tokenizer.Load(Beside(path))),
        ("rows.jsonl", path => TrainingData.FromFile(path, new Letters(), 10, null)),
        ("rows.json", path => TrainingData.FromFile(path, new Letters(), 10, null)),
        ("rows.csv", path => TrainingData.FromFile(path, new Letters(), 10, null)),
        ("rows.tsv", path => TrainingData.FromFile(path, new Letters(), 10, null)),
        ("rows.txt", path => TrainingData.FromFile(path, new Letters(), 10, null)),
        ("rows.parquet", path => TrainingData.FromFile(path, new Letters(), 10, null)),
        ("generation_config.json", path => GenerationOptionsFile.Read(Path.GetDirectoryName(path)!)),
    ];

    public static TheoryData<int, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, string>();
            foreach (int reader in Enumerable.Range(0, Readers.Length))
            {
                cases.Add(reader, "pipe");
                cases.Add(reader, "/dev/zero");
                cases.Add(reader, "/dev/null");
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Reader_OfAPipeOrADevice_RefusesItAtOnce(int reader, string kind)
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // which has none in its folders
        }

        using var folder = new TemporaryFolder();
        (string name, Action<string> read) = Readers[reader];
        Make(folder[name], kind);

        Task<Exception?> reading = Task.Run<Exception?>(() => Record.Exception(() => read(folder[name])));

        Assert.Same(reading, await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(20))));
        PeftException error = Assert.IsAssignableFrom<PeftException>(await reading);
        Assert.Contains(kind == "pipe" ? "a pipe" : "a device", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<int> AllReaders => [.. Enumerable.Range(0, Readers.Length)];

    [Theory]
    [MemberData(nameof(AllReaders))]
    public void Reader_OfAPointerOfGitLfs_CallsItOne(int reader)
    {
        using var folder = new TemporaryFolder();
        (string name, Action<string> read) = Readers[reader];
        folder.File(name, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n");

        PeftException error = Assert.IsAssignableFrom<PeftException>(Record.Exception(() => read(folder[name])));

        Assert.Contains("git-lfs pointer", error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromFile_OfAFolderWithAPipe_LeavesItOut()
    {
        using var folder = new TemporaryFolder();
        folder.File("rows.jsonl", """{"text": "ab"}""");
        if (!OperatingSystem.IsWindows())
        {
            Make(folder["other.jsonl"], "pipe");
        }

        Assert.Single(TrainingData.FromFile(folder.Path, new Letters(), 10, null).Rows);
    }

    [Theory]
    [InlineData("Replace")]
    [InlineData("Prepend")]
    [InlineData("Sequence of sequences")]
    public void Encode_WithRulesThatMakeTextsGrow_EndsInLittleTimeAndMemory(string rules)
    {
        string many = new('a', 10_000);
        string rule = rules == "Prepend" ? $$"""{"type": "Prepend", "prepend": "{{new string('a', 1_000_000)}}"}""" : $$"""{"type": "Replace", "pattern": {"String": "a"}, "content": "{{many}}"}""";
        string three = $$"""{"type": "Sequence", "normalizers": [{{rule}}, {{rule}}, {{rule}}]}""";
        string normalizer = rules == "Sequence of sequences" ? $$"""{"type": "Sequence", "normalizers": [{{three}}, {{three}}]}""" : three;
        Tokenizer tokenizer = InlineWords.Load(normalizer: normalizer);
        long before = GC.GetAllocatedBytesForCurrentThread();

        PeftException error = Assert.Throws<PeftException>(() => tokenizer.Encode("a"));

        Assert.Equal("PEFT505", error.Id);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
    }

    [Fact]
    public void Encode_WithARuleThatTriplesText_StaysRight()
    {
        Tokenizer tokenizer = InlineWords.Load(normalizer: """{"type": "Replace", "pattern": {"String": "x"}, "content": " a b"}""");

        Assert.Equal(Enumerable.Repeat(new[] { 7, 8 }, 5_000).SelectMany(ids => ids), tokenizer.Encode(new string('x', 5_000)));
    }

    private static string Beside(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), """{"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}}""");
        return folder;
    }

    private static void Make(string path, string kind)
    {
        if (kind != "pipe")
        {
            File.CreateSymbolicLink(path, kind);
            return;
        }

        using Process made = Process.Start(new ProcessStartInfo("mkfifo", [path]))!;
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }
}
