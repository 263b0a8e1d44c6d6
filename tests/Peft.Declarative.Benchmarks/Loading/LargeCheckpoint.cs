using Peft.Declarative.Checkpoints;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Loading;

/// <summary>A Llama with random parameters. By default there are half a billion.</summary>
internal sealed record LargeCheckpoint(int Hidden = 2048, int Inner = 5632, int Blocks = 8, int Heads = 16, int KeyValueHeads = 16)
{
    internal const int Vocabulary = 32_000;

    /// <summary>Writes config.json and the weights.</summary>
    /// <returns>Bytes of the weights.</returns>
    internal long Write(string directory, ScalarType type = ScalarType.BFloat16)
    {
        File.WriteAllText(Path.Combine(directory, "config.json"),
            $$"""
            {
              "model_type": "llama", "hidden_size": {{Hidden}}, "intermediate_size": {{Inner}}, "vocab_size": {{Vocabulary}},
              "num_hidden_layers": {{Blocks}}, "num_attention_heads": {{Heads}}, "num_key_value_heads": {{KeyValueHeads}}, "max_position_embeddings": 2048,
              "tie_word_embeddings": false
            }
            """);
        NativeStartup.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        string path = Path.Combine(directory, ModelDirectory.WeightsName);
        SafetensorsWriter.Write(path, Shapes().ToDictionary(entry => entry.Name, entry => Random(entry.Shape, type)));
        return new FileInfo(path).Length;
    }

    private IEnumerable<(string Name, long[] Shape)> Shapes()
    {
        yield return ("model.embed_tokens.weight", [Vocabulary, Hidden]);
        yield return ("model.norm.weight", [Hidden]);
        yield return ("lm_head.weight", [Vocabulary, Hidden]);
        for (int block = 0; block < Blocks; block++)
        {
            string prefix = $"model.layers.{block}.";
            long keys = (long)Hidden / Heads * KeyValueHeads;
            foreach ((string projection, long output) in new[] { ("q_proj", Hidden), ("k_proj", keys), ("v_proj", keys), ("o_proj", Hidden) })
            {
                yield return ($"{prefix}self_attn.{projection}.weight", [output, Hidden]);
            }

            yield return ($"{prefix}mlp.gate_proj.weight", [Inner, Hidden]);
            yield return ($"{prefix}mlp.up_proj.weight", [Inner, Hidden]);
            yield return ($"{prefix}mlp.down_proj.weight", [Hidden, Inner]);
            yield return ($"{prefix}input_layernorm.weight", [Hidden]);
            yield return ($"{prefix}post_attention_layernorm.weight", [Hidden]);
        }
    }

    private static Tensor Random(long[] shape, ScalarType type) => randn(shape).mul_(0.02).to(type);
}
