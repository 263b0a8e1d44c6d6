using System.Text.Json.Nodes;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Adapters;

/// <summary>The content of an AdapterHub config file around the settings of the method.</summary>
/// <param name="Name">The adapter's name in the keys of the file, which can differ from its name on the model.</param>
internal sealed record AdapterHubHeader(string Name)
{
    /// <summary>The version of the library whose format is written.</summary>
    private const string Version = "adapters.1.1.0";

    private JsonObject Model { get; init; } = [];

    internal static AdapterHubHeader Read(ConfigJson file) => new(file.Text("name") is { Length: > 0 } name ? name
        : throw file.Wrong("name", "the name of the adapter, which is part of the keys of its tensors"));

    /// <summary>Creates the header of a declared adapter.</summary>
    internal static AdapterHubHeader Of(Adapter adapter, IBaseModel model) => new(adapter.Name)
    {
        Model = new JsonObject
        {
            ["hidden_size"] = model.HiddenSize,
            ["model_class"] = FamilyOf(model.GetType()).Name,
            ["model_name"] = model.Directory,
            ["model_type"] = model.ModelType,
        },
    };

    /// <summary>Creates a config file around the settings of a method.</summary>
    internal JsonObject Wrap(JsonObject? settings)
    {
        JsonObject file = Model.DeepClone().AsObject();
        file["config"] = settings;
        file["name"] = Name;
        file["version"] = Version;
        return file;
    }

    // A declared class derives from a family, and other readers know only the family.
    private static Type FamilyOf(Type type) => type.BaseType is { IsAbstract: false } parent && parent != typeof(object) && type.IsSealed ? FamilyOf(parent) : type;
}
