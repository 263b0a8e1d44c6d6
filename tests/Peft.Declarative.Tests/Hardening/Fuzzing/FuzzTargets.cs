using Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

namespace Peft.Declarative.Tests.Hardening.Fuzzing;

/// <summary>Every parser of strangers' files: a new one is a file under Targets and a row here.</summary>
internal static class FuzzTargets
{
    private static readonly Dictionary<string, Func<FuzzTarget>> Makers = new(StringComparer.Ordinal)
    {
        ["safetensors"] = () => new SafetensorsTarget(),
        ["shard-index"] = () => new ShardIndexTarget(),
        ["tokenizer"] = () => new TokenizerTarget(),
        ["tokenizer-config"] = () => new TokenizerConfigTarget(),
        ["chat-template"] = () => new ChatTemplateTarget(),
        ["adapter-config"] = () => new AdapterConfigTarget(),
        ["hub-config"] = () => new AdapterHubConfigTarget(),
        ["adapter-training"] = () => new AdapterTrainingTarget(),
        ["model-config"] = () => new ModelConfigTarget(),
        ["generation-config"] = () => new GenerationConfigTarget(),
        ["json-lines"] = () => new JsonLinesTarget(),
        ["row-files"] = () => new RowFileTarget(),
        ["parquet"] = () => new ParquetTarget(),
    };

    internal static IReadOnlyCollection<string> Names => Makers.Keys;

    internal static FuzzTarget Make(string name) => Makers[name]();
}
