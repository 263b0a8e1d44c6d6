namespace Peft.Declarative.Text.Errors;

/// <content>Adapters that rows of a batch name, and adapters in files.</content>
internal static partial class RuleTexts
{
    internal static string NoSuchAdapter(string model, IReadOnlyList<string> names, IReadOnlyList<string> known, IReadOnlyList<string> near)
    {
        string meant = near.Count > 0 ? $" Did you mean {Quoted(near, "or")}?" : "";
        string those = known.Count == 0 ? "It has none." : $"It has {Names(known.Select(name => $"'{name}'"))}.";
        return $"'{model}' has no adapter named {Names(names.Select(name => $"'{name}'"), "or")}.{meant} {those}";
    }

    internal static string NotMixable(string model, IReadOnlyList<string> adapters, string method) =>
        $"{Names(adapters.Select(adapter => $"'{adapter}'"), "and")} on '{model}' ({method}) changes parameters of the base itself, which all rows of a batch share. "
        + "Run its rows in a batch of their own, with the adapter activated, or train another method.";

    internal static string SavedAdapterOfNoClass(string folder, string name) =>
        $"The adapter in '{folder}' is for '{name}', but the project has no class of that name. Name its class in PeftAdapter.";

    internal static string SavedAdapterOfNoProperty(string folder, string name, string model, IEnumerable<string> known) =>
        $"The adapter in '{folder}' is for '{name}', but the adapters of '{model}' are {Names(known, "and")}. Name one of them in PeftAdapter.";

    internal static string SavedAdapterDiffers(string folder, string? trainedOn, string method, string model, IReadOnlyList<string> differences)
    {
        string on = trainedOn is null or "" or "null" ? "" : $", trained on '{trainedOn}',";
        return $"The adapter in '{folder}'{on} does not fit [{method}] on '{model}': {string.Join("; ", differences)}. "
            + "Declare it as it was trained, or name the class that it is for in PeftAdapter.";
    }
}
