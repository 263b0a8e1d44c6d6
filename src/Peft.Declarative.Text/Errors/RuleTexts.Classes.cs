namespace Peft.Declarative.Text.Errors;

/// <content>0xx: classes to which generated members cannot be added.</content>
internal static partial class RuleTexts
{
    internal static string NoAdapter(string attribute, string model) =>
        $"[{attribute}] on '{model}' has no effect, because '{model}' declares no adapter. Add one such as [Lora(rank: 8)], or remove [{attribute}].";

    internal static string NoConfig(string config) =>
        $"This class has no constructor that takes a {config}, so it has no layers. Make it partial and declare an adapter on it, or write that constructor.";

    internal static string FileLocal(string model, string method) =>
        $"'{model}' carries [{method}] but can be seen in its own file only, and adapter code goes to another one. Remove 'file' and make it internal.";

    internal static string AbstractModel(string model, string method) =>
        $"'{model}' carries [{method}] but is abstract, so no object of it can be made, and classes that derive from it do not take its adapters over. Remove 'abstract', or move [{method}] to those classes.";

    internal static string ParentAdapted(string model, string parent, string method) =>
        $"'{model}' carries [{method}] and derives from '{parent}', which declares adapters too; one model has one set of adapters. Derive '{model}' from the base model, or move all attributes to one class.";

    internal static string PrimaryConstructor(string model) =>
        $"'{model}' has a primary constructor, through which generated code cannot pass a config alone. Give it the parameters (LlamaConfig config) of its base class, or write an ordinary constructor.";

    internal static string RequiredMembers(string model, IReadOnlyCollection<string> members) =>
        $"FromPretrained and FromConfig make objects of '{model}' and have no value for {Names(members, "and")}, which {(members.Count == 1 ? "is" : "are")} required. Remove 'required' and give a default, or write both methods yourself.";

    internal static string MemberClashes(string model, string member, string purpose) =>
        $"'{model}' has a member '{member}', under which generated code declares {purpose}. Give the member another name.";

    internal static string AppGeneric(string model) =>
        $"[PeftApp] generates a program around '{model}', which has type parameters that a program cannot choose. Derive a class without them and put [PeftApp] there, or remove [PeftApp].";

    internal static string AppHidden(string model) =>
        $"[PeftApp] generates a program beside '{model}', which is private to the class around it. Make it internal or public, or remove [PeftApp].";

    internal static string AppTwice(IEnumerable<string> models) =>
        $"{Names(models, "and")} carry [PeftApp], and a program begins in one place. Remove it from one of them, or write a Main that calls the Run method of the generated class you choose.";

    internal static string AdapterOnAPart(string method, string part, string member, string model) =>
        $"[{method}] on '{member}' makes '{part}' a model of its own, but '{part}' is a part of '{model}', which does not know of its adapters. Move [{method}] to '{model}' and name '{member}' in its Targets.";
}
