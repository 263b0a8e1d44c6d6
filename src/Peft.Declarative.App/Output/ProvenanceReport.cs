using System.Text.Json.Nodes;

namespace Peft.Declarative.App.Output;

/// <summary>Reports the hashes of the base model, tokenizer and chat template, and whether the adapter was saved with the same ones.</summary>
internal sealed class ProvenanceReport(PretrainedModel model)
{
    private readonly Provenance? _adapter = model.Adapters.Active.Select(adapter => adapter.Provenance).FirstOrDefault(provenance => provenance is not null);

    internal void Write(AppOutput output)
    {
        foreach ((string name, string? here, string? adapter) in Entries().Where(entry => entry.Here is not null))
        {
            string fits = Provenance.Same(adapter, here) switch
            {
                true => ", as the adapter was saved with",
                false => $", but the adapter was saved with {Provenance.Short(adapter!)}",
                null => "",
            };
            output.Out.WriteLine($"{name,-13}  {Provenance.Short(here!)}{fits}");
        }
    }

    internal JsonObject Json() => new(Entries().Select(entry => KeyValuePair.Create(
        entry.Name.Replace(' ', '_'),
        (JsonNode?)new JsonObject { ["model"] = entry.Here, ["adapter"] = entry.Adapter, ["fits"] = Provenance.Same(entry.Adapter, entry.Here) })));

    private IEnumerable<(string Name, string? Here, string? Adapter)> Entries()
    {
        Provenance here = model.Provenance;
        yield return ("base", here.Base, _adapter?.Base);
        yield return ("tokenizer", here.Tokenizer, _adapter?.Tokenizer);
        yield return ("chat template", here.ChatTemplate, _adapter?.ChatTemplate);
    }
}
