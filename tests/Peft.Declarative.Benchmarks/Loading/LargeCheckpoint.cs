using Peft.Declarative.Checkpoints;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Loading;

/// <summary>A Llama of half a billion random parameters in bfloat16.</summary>
internal static class LargeCheckpoint
{
    private const int Hidden = 2048;
    private const int Inner = 5632;
    private const int Vocabulary = 32_000;
    private const int Blocks = 8;

    /// <summary>Writes config.json and the weights.</summary>
    /// <returns>Bytes of the weights.</returns>
    internal static long Write(string directory)
    {
        File.WriteAllText(Path.Combine(directory, "config.json"),
            $$"""
            {
              "model_type": "llama", "hidden_size": {{Hidden}}, "intermediate_size": {{Inner}}, "vocab_size": {{Vocabulary}},
              "num_hidden_layers": {{Blocks}}, "num_attention_heads": 16, "num_key_value_heads": 16, "max_position_embeddings": 2048,
              "tie_word_embeddings": false
            }
            """);
        NativeStartup.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        string path = Path.Combine(directory, ModelDirectory.WeightsName);
        SafetensorsWriter.Write(path, Shapes().ToDictionary(entry => entry.Name, entry => Random(entry.Shape)));
        return new FileInfo(path).Length;
    }

    private static IEnumerable<(string Name, long[] Shape)> Shapes()
    {
        yield return ("model.embed_tokens.weight", [Vocabulary, Hidden]);
        yield return ("model.norm.weight", [Hidden]);
        yield return ("lm_head.weight", [Vocabulary, Hidden]);
        for (int block = 0; block < Blocks; block++)
        {
            string prefix = $"model.layers.{block}.";
            foreach (string projection in new[] { "q_proj", "k_proj", "v_proj", "o_proj" })
            {
                yield return ($"{prefix}self_attn.{projection}.weight", [Hidden, Hidden]);
            }

            yield return ($"{prefix}mlp.gate_proj.weight", [Inner, Hidden]);
            yield return ($"{prefix}mlp.up_proj.weight", [Inner, Hidden]);
            yield return ($"{prefix}mlp.down_proj.weight", [Hidden, Inner]);
            yield return ($"{prefix}input_layernorm.weight", [Hidden]);
            yield return ($"{prefix}post_attention_layernorm.weight", [Hidden]);
        }
    }

    private static Tensor Random(long[] shape) => randn(shape).mul_(0.02).to(ScalarType.BFloat16);
}
