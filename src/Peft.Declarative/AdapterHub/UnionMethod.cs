using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.AdapterHub;

/// <summary>Several methods under one name, as AdapterHub saves hybrids. It is not a method of its own and not in the catalog.</summary>
internal sealed class UnionMethod : IAdapterHubMethod
{
    internal static UnionMethod Instance { get; } = new();

    public string PeftType => "union";

    public MethodFacts Facts => UnionConfig.Union;

    public Type ConfigType => typeof(UnionConfig);

    public bool Reads(ConfigJson file) => false;   // Hugging Face PEFT has nothing like it

    public AdapterConfig Read(ConfigJson file) => throw file.Wrong("peft_type", "of a single method");

    public bool ReadsAdapterHub(AdapterHubFile file) => file.Architecture == PeftType;

    public AdapterConfig ReadAdapterHub(AdapterHubFile file)
    {
        JsonNode?[] parts = file.Settings.Json["configs"] is JsonArray { Count: > 0 } list ? [.. list] : throw file.Settings.Wrong("configs", "a list of settings");
        return new UnionConfig([.. parts.Select(part => Read(file, part as JsonObject ?? throw file.Settings.Wrong("configs", "a list of settings")))]);
    }

    public void Attach(nn.Module model, Adapter adapter)
    {
        foreach (AdapterConfig part in ((UnionConfig)adapter.Config).Parts)
        {
            // Declared parts are treated like those of a file: the head is added once, below.
            var handle = new Adapter(adapter.Name, part.Source is null ? part with { Source = SavedConfig.Of(part.AdapterHubSettings()) } : part);
            try
            {
                AdapterMethods.Known.Of(part).Attach(model, handle);
            }
            finally
            {
                foreach ((string path, IAdapterPart added) in handle.Parts)
                {
                    adapter.Add(path, added);   // also if the method fails half-way, so that every part can be removed
                }
            }
        }

        TrainedHeads.Attach(model, adapter, TrainedHeads.Of(model));   // once, not with every part
    }

    // A union inside a union would have the same meaning as one union.
    private static AdapterConfig Read(AdapterHubFile file, JsonObject part)
    {
        AdapterHubFile inner = file.Part(part);
        return inner.Architecture == "union" ? throw file.Settings.Wrong("configs", "made of single methods") : AdapterHubMethods.Of(inner).ReadAdapterHub(inner) with { Source = SavedConfig.Of(part) };
    }
}
