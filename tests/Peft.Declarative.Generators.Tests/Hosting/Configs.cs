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
}
