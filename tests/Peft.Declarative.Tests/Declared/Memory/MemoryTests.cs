using System.Globalization;
using System.Text.RegularExpressions;
using Peft.Declarative.Tests.Hardening.Crashes;

namespace Peft.Declarative.Tests.Declared.Memory;

/// <summary>The memory that the table of a declaration states, against the most that a process has which trains it.</summary>
public sealed partial class MemoryTests : IDisposable
{
    private const string Config =
        """
        { "model_type": "llama", "vocab_size": 2048, "hidden_size": 256, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 4,
          "intermediate_size": 1024, "max_position_embeddings": 512, "tie_word_embeddings": false }
        """;

    // Trains the same with next to no numbers: what it has, the program and libtorch have.
    private const string Empty =
        """
        { "model_type": "llama", "vocab_size": 16, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2,
          "intermediate_size": 16, "max_position_embeddings": 64, "tie_word_embeddings": false }
        """;

    // The allocator of Linux keeps freed memory, up to half as much again as is in use. With this, it gives every freed tensor back at once.
    private static readonly Dictionary<string, string?> GiveBack = new() { ["MALLOC_MMAP_THRESHOLD_"] = "131072" };

    private readonly string _folder = Directory.CreateTempSubdirectory("peft-memory-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("Lora(rank: 8)")]
    [InlineData("Dora(rank: 8)")]
    [InlineData("PrefixTuning(16)")]
    [InlineData("Lora(rank: 8), Quantize")]
    [InlineData("FullFineTuning")]
    [InlineData("Lora(rank: 8)", ", Precision = Precision.BFloat16")]
    public void Memory_OfADeclaration_IsThatOfAStep(string attributes, string training = "")
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The peak is read from /proc.");
        string config = Path.Combine(_folder, "config.json");
        File.WriteAllText(config, Config);
        DeclaredAssembly declared = DeclaredAssembly.Compile([DeclarationSource.Class("Persona", $"BaseConfig(\"config.json\"), {attributes}, Training(BatchSize = 8, MaxLength = 256{training})", "llama")], config);
        DeclaredAssembly unsized = DeclaredAssembly.Compile([DeclarationSource.Class("Persona", attributes, "llama")]);
        Match stated = Stated().Match(declared.Table("Persona"));
        Assert.True(stated.Success, declared.Table("Persona"));

        double measured = Peak(declared, "8x256") - Peak(unsized, "1x16", Empty);

        double estimate = double.Parse(stated.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * (1 << 20);
        Assert.True(Math.Abs(estimate - measured) <= 0.15 * measured, $"{attributes}: {estimate / (1 << 20):F1} MiB stated, {measured / (1 << 20):F1} MiB measured\n{declared.Table("Persona")}");
    }

    private double Peak(DeclaredAssembly declared, string shape, string? config = null)
    {
        if (config is not null) File.WriteAllText(Path.Combine(_folder, "config.json"), config);
        string file = Path.Combine(_folder, $"{Guid.NewGuid():N}.dll");
        declared.Save(file);
        using var child = new ChildProcess(GiveBack, "memory", file, _folder, shape);
        return double.Parse(child.Require(MemoryProgram.Answer)[MemoryProgram.Answer.Length..], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("memory of a step of 8 × 256 tokens ([0-9.]+) MiB")]
    private static partial Regex Stated();
}
