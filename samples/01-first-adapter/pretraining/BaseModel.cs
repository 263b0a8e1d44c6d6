using System.Text.Json;
using System.Text.Json.Nodes;
using FirstAdapter.Pretraining.Tokenizing;

namespace FirstAdapter.Pretraining;

/// <summary>The base model before it has learnt anything: a Llama of under a million parameters, and its tokenizer.</summary>
public static class BaseModel
{
    /// <summary>Size of the vocabulary: special tokens, bytes and merges.</summary>
    public const int VocabularySize = 1536;

    /// <summary>Longest text in tokens.</summary>
    public const int MaxPositions = 256;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes everything but the weights: config.json and the tokenizer's files.</summary>
    /// <param name="directory">Made if missing.</param>
    /// <param name="texts">What the tokenizer should write briefly.</param>
    /// <param name="size">How large the model is; as shipped unless given.</param>
    /// <returns>The directory.</returns>
    public static string WriteFiles(string directory, IEnumerable<string> texts, BaseSize? size = null)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "config.json"), Config(size ?? BaseSize.Shipped).ToJsonString(Indented) + "\n");
        int mergeCount = VocabularySize - TokenizerFiles.SpecialCount - ByteAlphabet.Characters.Count;
        TokenizerFiles.Write(directory, BpeTrainer.Learn(texts, mergeCount));
        return directory;
    }

    private static JsonObject Config(BaseSize size) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["vocab_size"] = VocabularySize,
        ["hidden_size"] = size.Hidden,
        ["intermediate_size"] = size.Intermediate,
        ["num_hidden_layers"] = size.Layers,
        ["num_attention_heads"] = size.Heads,
        ["num_key_value_heads"] = size.Heads / 2,
        ["max_position_embeddings"] = MaxPositions,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10000.0,
        ["hidden_act"] = "silu",
        ["attention_bias"] = false,
        ["mlp_bias"] = false,
        ["tie_word_embeddings"] = true,
        ["bos_token_id"] = TokenizerFiles.IdOf(TokenizerFiles.Bos),
        ["eos_token_id"] = TokenizerFiles.IdOf(TokenizerFiles.Eos),
        ["pad_token_id"] = TokenizerFiles.IdOf(TokenizerFiles.Pad),
        ["torch_dtype"] = "float32",
    };
}
