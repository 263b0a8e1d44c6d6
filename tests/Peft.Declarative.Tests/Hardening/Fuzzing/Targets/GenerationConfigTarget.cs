
namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>The generation_config.json of a model.</summary>
internal sealed class GenerationConfigTarget : FuzzTarget
{
    internal override string Name => "generation-config";

    internal override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Bytes("""
            {"bos_token_id": 1, "eos_token_id": [2, 3], "pad_token_id": 0, "do_sample": true, "temperature": 0.6, "top_p": 0.9, "top_k": 50, "max_new_tokens": 20,
            "repetition_penalty": 1.1, "num_beams": 1, "no_repeat_ngram_size": 3, "suppress_tokens": [5, 6], "transformers_version": "4.48.0"}
            """),
    ];

    internal override IReadOnlyList<string> Words { get; } =
        ["temperature", "top_p", "min_p", "typical_p", "num_beams", "length_penalty", "bad_words_ids", "[[1, 2]]", "sequence_bias", "forced_bos_token_id", "max_length", "min_length"];

    internal override void Read(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(Folder, "generation_config.json"), input);
        Assert.NotNull(GenerationOptionsFile.Read(Folder));
    }
}
