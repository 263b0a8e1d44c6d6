using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Files;

/// <summary>Parts of a data set, by the names of their files: a folder often has rows to train on and rows to evaluate with.</summary>
internal static class DataParts
{
    private static readonly char[] Separators = ['-', '_', '.', ' ', '/', '\\'];

    /// <summary>Warns of files that are usually kept apart.</summary>
    /// <param name="path">The folder or pattern.</param>
    /// <param name="files">The files that it means.</param>
    internal static IEnumerable<string> Warnings(string path, IReadOnlyList<string> files)
    {
        string root = Directory.Exists(path) ? path : "";
        string[] held = [.. files.Where(file => Has(root, file, "test", "validation", "valid", "val", "dev", "eval", "evaluation"))];
        if (held.Length > 0 && files.Any(file => Has(root, file, "train", "training")))
        {
            yield return $"{RuleIds.PartsMixed}: '{path}' has files for training and, by their names, files for evaluation: {RuleTexts.Names(held.Select(Path.GetFileName).OfType<string>())}. "
                + "All of them are read as one. Name the file or a pattern such as 'train*' to read one part.";
        }
    }

    private static bool Has(string root, string file, params string[] words) => Path.GetRelativePath(root.Length > 0 ? root : ".", file).ToLowerInvariant()
        .Split(Separators, StringSplitOptions.RemoveEmptyEntries).Any(words.Contains);
}
