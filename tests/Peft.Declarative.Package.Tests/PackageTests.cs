using System.IO.Compression;
using System.Text;

namespace Peft.Declarative.Package.Tests;

/// <summary>The packed packages, as a user sees them.</summary>
[Collection(PackedFeed.Collection)]
public sealed class PackageTests(PackedFeed feed)
{
    private const string Declared = """
        using Peft.Declarative;
        using Peft.Declarative.Layers;
        using Peft.Declarative.Models;
        using static TorchSharp.torch;

        LlamaConfig config = new()
        {
            ModelType = "llama", VocabularySize = 16, HiddenSize = 8, LayerCount = 1, HeadCount = 2, KeyValueHeadCount = 1, HeadSize = 4,
            MaxPositions = 16, TiesHead = true, IntermediateSize = 16, Rotary = new RotaryEmbedding([1.0, 0.01]),
        };
        using Persona model = Persona.FromConfig(config);
        Console.WriteLine($"{model.Lora.ParameterCount} trainable");

        [Lora(rank: 2, Targets = ["q_proj", "v_proj"])]
        public sealed partial class Persona : LlamaForCausalLM;
        """;

    [Fact]
    public void Package_Contains_GeneratorAnalyzersAndFixes()
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(feed.Folder, "Peft.Declarative.0.1.0.nupkg"));

        string[] entries = [.. package.Entries.Select(entry => entry.FullName)];

        Assert.Contains("analyzers/dotnet/cs/Peft.Declarative.Generators.dll", entries);
        Assert.Contains("analyzers/dotnet/cs/Peft.Declarative.CodeFixes.dll", entries);
        Assert.Contains("lib/net10.0/Peft.Declarative.dll", entries);
        Assert.Contains("lib/net10.0/Peft.Declarative.xml", entries);
    }

    [Fact]
    public void Build_OfDeclaredModel_RunsWithItsAdapterAndExplainsMissingNatives()
    {
        using var user = new UserProject(feed, Declared);

        (int built, string messages) = user.Build();
        Assert.True(built == 0, messages);
        (int exitCode, string output) = user.Run();

        Assert.True(exitCode == 0, output);
        Assert.Equal("56 trainable", output.Trim());

        (int withoutNatives, string complaint) = user.Run(libtorch: Path.Combine(feed.Folder, "nowhere"));

        Assert.NotEqual(0, withoutNatives);
        Assert.Contains("The native library 'libtorch_cpu", complaint, StringComparison.Ordinal);
        Assert.Contains("or set PEFT_LIBTORCH to a folder that holds libtorch 2.10", complaint, StringComparison.Ordinal);
        Assert.DoesNotContain("LoadNativeBackend", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_WithMisspeltTarget_FailsAndSaysWhatWasMeant()
    {
        using var user = new UserProject(feed, Declared.Replace("q_proj", "q_porj", StringComparison.Ordinal));

        (int exitCode, string messages) = user.Build();

        Assert.NotEqual(0, exitCode);
        Assert.Contains("error PEFT101", messages, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'q_proj'?", messages, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_BesideASavedAdapterOfOtherTensors_FailsAndNamesThem()
    {
        using var user = new UserProject(feed, Declared);
        const string Layer = "base_model.model.model.layers.0.self_attn";
        string header = $"{{ {Tensor("q_proj.lora_A", "[4, 8]", 0)}, {Tensor("q_proj.lora_B", "[8, 2]", 128)}, {Tensor("v_proj.lora_A", "[2, 8]", 192)}, {Tensor("v_proj.lora_B", "[4, 2]", 256)} }}";
        user.Write("adapters/first/adapter_config.json", """{ "peft_type": "LORA", "r": 2, "lora_alpha": 2, "target_modules": ["q_proj", "v_proj"] }""");
        user.Write("adapters/first/adapter_model.safetensors", [.. BitConverter.GetBytes((ulong)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[288]]);

        (int exitCode, string messages) = user.Build();

        Assert.NotEqual(0, exitCode);
        Assert.Contains("error PEFT702: The adapter in 'first' does not fit [Lora] on 'Persona': lora_A.weight of 'q_proj' is [4, …], not [2, …].", messages.Replace("[4, 8]", "[4, …]", StringComparison.Ordinal), StringComparison.Ordinal);

        static string Tensor(string name, string shape, int start) => $"\"{Layer}.{name}.weight\": {{ \"dtype\": \"F32\", \"shape\": {shape}, \"data_offsets\": [{start}, {start + 64}] }}";
    }
}
