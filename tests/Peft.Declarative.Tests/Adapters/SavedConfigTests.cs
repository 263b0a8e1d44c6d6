using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>A config as it was read, kept as text.</summary>
public sealed class SavedConfigTests
{
    [Fact]
    public void Config_KeptAsText_HasTheFieldsThatWereRead()
    {
        JsonObject read = JsonNode.Parse("""{"r": 8, "lora_alpha": 16.0, "eps": 1e-05, "targets": ["q_proj", "é <&'"], "none": null, "own": {"b": true, "a": false}}""")!.AsObject();
        SavedConfig kept = SavedConfig.Of(read);

        JsonObject first = kept.Parse();
        first["r"] = 9;

        Assert.True(JsonNode.DeepEquals(read, kept.Parse()));
        Assert.Equal(read.ToJsonString(), kept.Parse().ToJsonString());   // numbers as they were written, fields in their order
    }
}
