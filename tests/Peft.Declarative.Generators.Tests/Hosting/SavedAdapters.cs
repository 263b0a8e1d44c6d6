using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Peft.Declarative.Generators.Tests.Hosting;

/// <summary>Files of saved adapters, as far as the compiler reads them.</summary>
internal static class SavedAdapters
{
    /// <summary>An adapter for a class named as its folder.</summary>
    internal static (string Path, string Text) Captain { get; } = ("/project/adapters/Captain/adapter_config.json", Config());

    /// <summary>An adapter_config.json of LoRA, as Hugging Face PEFT writes it.</summary>
    internal static string Config(string type = "LORA", int rank = 8, string targets = """["q_proj", "v_proj"]""", string more = "") =>
        $$"""{ "base_model_name_or_path": "meta-llama/Llama-3.2-1B", "lora_alpha": 8, "peft_type": "{{type}}", "r": {{rank}}, "rank_pattern": {}, "target_modules": {{targets}}, "use_dora": false{{more}} }""";

    /// <summary>The header of the tensors of layers of Llama 3.2 with 1 billion parameters.</summary>
    internal static string Header(int rank, int blocks, int width, params string[] layers)
    {
        IEnumerable<string> tensors =
            from block in Enumerable.Range(0, blocks)
            from layer in layers
            let output = layer == "q_proj" ? width : 512
            from tensor in (string[])[$"lora_A.weight [{rank}, {width}]", $"lora_B.weight [{output}, {rank}]"]
            select Entry(block, layer, tensor);
        return Header(tensors);
    }

    /// <summary>The same of tensors such as <c>hada_w1_a [2048, 8]</c>, on one layer of each block.</summary>
    internal static string HeaderOf(int blocks, string layer, string[] tensors) =>
        Header(Enumerable.Range(0, blocks).SelectMany(block => tensors.Select(tensor => Entry(block, layer, tensor))));

    private static string Header(IEnumerable<string> entries) => $"{{ \"__metadata__\": {{ \"format\": \"pt\" }}, {string.Join(", ", entries)} }}";

    private static string Entry(int block, string layer, string tensor)
    {
        string[] parts = tensor.Split(' ', 2);
        return $"\"base_model.model.model.layers.{block}.self_attn.{layer}.{parts[0]}\": {{ \"dtype\": \"F32\", \"shape\": {parts[1]}, \"data_offsets\": [0, 1] }}";
    }
}

/// <summary>The metadata of additional files, as a project passes it.</summary>
internal sealed class FileMetadata(IReadOnlyDictionary<string, (string Name, string Value)> files) : AnalyzerConfigOptionsProvider
{
    public override AnalyzerConfigOptions GlobalOptions { get; } = new One(null);

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new One(files.TryGetValue(textFile.Path, out (string, string) metadata) ? metadata : null);

    private sealed class One((string Name, string Value)? metadata) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
        {
            value = key == $"build_metadata.AdditionalFiles.{metadata?.Name}" ? metadata!.Value.Value : null;
            return value is not null;
        }
    }
}
