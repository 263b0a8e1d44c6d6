using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.AdapterHub;

/// <summary>Several methods under one name, as AdapterHub saves hybrids. It is no method itself and has no row in the catalogue.</summary>
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
            // Declared parts are settled like those of a file: the head comes once, below.
            var handle = new Adapter(adapter.Name, part.Source is null ? part with { Source = part.AdapterHubSettings() } : part);
            try
            {
                AdapterMethods.Known.Of(part).Attach(model, handle);
            }
            finally
            {
                foreach ((string path, IAdapterPart added) in handle.Parts)
                {
                    adapter.Add(path, added);   // what the method does not leave in the model to be found, also if it is refused half-way
                }
            }
        }

        TrainedHeads.Attach(model, adapter, TrainedHeads.Of(model));   // once, not with every part
    }

    // A union in a union would be one, and its nesting says nothing.
    private static AdapterConfig Read(AdapterHubFile file, JsonObject part)
    {
        AdapterHubFile inner = file.Part(part);
        return inner.Architecture == "union" ? throw file.Settings.Wrong("configs", "made of single methods") : AdapterHubMethods.Of(inner).ReadAdapterHub(inner) with { Source = part };
    }
}
