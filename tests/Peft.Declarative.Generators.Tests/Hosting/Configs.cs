namespace Peft.Declarative.Generators.Tests.Hosting;

/// <summary>Config files of well-known models, as far as sizes go.</summary>
internal static class Configs
{
    internal static (string Path, string Text) Llama1B { get; } = ("/project/models/llama-3.2-1b/config.json",
        """
        {
          "architectures": ["LlamaForCausalLM"],
          "model_type": "llama",
          "hidden_size": 2048,
          "intermediate_size": 8192,
          "num_attention_heads": 32,
          "num_hidden_layers": 16,
          "num_key_value_heads": 8,
          "head_dim": 64,
          "rope_scaling": { "factor": 32.0, "rope_type": "llama3", "nested": [1, { "a": null }] },
          "tie_word_embeddings": true,
          "vocab_size": 128256
        }
        """);

    internal static (string Path, string Text) Gpt2 { get; } = ("/project/models/gpt2/config.json", """{ "model_type": "gpt2", "n_embd": 768, "n_layer": 12, "vocab_size": 50257, "n_positions": 1024 }""");

    internal static (string Path, string Text) Bert { get; } = ("/project/models/bert/config.json",
        """
        {
          "model_type": "bert",
          "hidden_size": 768,
          "intermediate_size": 3072,
          "num_attention_heads": 12,
          "num_hidden_layers": 12,
          "max_position_embeddings": 512,
          "type_vocab_size": 2,
          "vocab_size": 30522,
          "id2label": { "0": "no", "1": "maybe", "2": "yes" }
        }
        """);

    internal static (string Path, string Text) T5(string feedForward) => ("/project/models/t5/config.json",
        $$"""
        {
          "model_type": "t5",
          "d_model": 512,
          "d_kv": 64,
          "d_ff": 2048,
          "num_heads": 8,
          "num_layers": 6,
          "vocab_size": 32128,
          "feed_forward_proj": "{{feedForward}}"
        }
        """);
}
