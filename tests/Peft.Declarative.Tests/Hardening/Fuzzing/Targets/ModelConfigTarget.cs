using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>The config.json of a model, over weights that fit what it said before it was damaged.</summary>
internal sealed class ModelConfigTarget : FuzzTarget
{
    internal ModelConfigTarget()
    {
        File.WriteAllBytes(Path.Combine(Folder, "config.json"), Seeds[0]);
        using LlamaForCausalLM model = LlamaForCausalLM.FromConfig(LlamaConfig.Load(Folder));
        model.SaveModel(Path.Combine(Folder, "saved"));
        File.Move(Path.Combine(Folder, "saved", ModelDirectory.WeightsName), Path.Combine(Folder, ModelDirectory.WeightsName));
    }

    internal override string Name => "model-config";

    internal override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Bytes("""
            {"model_type": "llama", "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1,
            "head_dim": 4, "vocab_size": 8, "max_position_embeddings": 16, "rms_norm_eps": 1e-6, "hidden_act": "silu", "tie_word_embeddings": false,
            "rope_theta": 10000.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8}, "eos_token_id": [2, 3], "bos_token_id": 1, "attention_bias": false}
            """),
    ];

    internal override IReadOnlyList<string> Words { get; } =
    [
        "mistral", "qwen2", "gpt2", "bert", "roberta", "t5", "\"n_embd\": 8", "n_layer", "n_head", "\"d_model\": 8, \"d_kv\": 4, \"d_ff\": 8, \"num_layers\": 1, \"num_heads\": 2,",
        "4096", "16777216", "vocab_size", "hidden_size", "num_hidden_layers", "head_dim", "rope_parameters", "rope_scaling", "rope_type", "linear", "dynamic", "yarn",
        "eos_token_id", "1.5", "1e9", "hidden_act", "gelu", "num_labels", "id2label", "{\"0\": \"a\"}",
    ];

    internal override void Read(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(Folder, "config.json"), input);
        using PretrainedModel model = ModelCatalog.Load(Folder);
        Assert.InRange(model.Config.LayerCount, 1, 4096);
    }

    // Up to 4096 blocks are made, without weights, before the files can be seen not to fit.
    internal override long AllocationLimit(int length) => 512L << 20;
}
