namespace Peft.Declarative.Generators.Parse;

/// <summary>Paths as they are compared: with forward slashes, and without steps that lead nowhere.</summary>
internal static class ConfigPath
{
    internal static string Normalized(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Replace('\\', '/').Split('/'))
        {
            if (part == ".") continue;
            if (part == ".." && parts.Count > 0 && parts[parts.Count - 1] is not (".." or "")) parts.RemoveAt(parts.Count - 1);
            else if (part.Length > 0 || parts.Count == 0) parts.Add(part);
        }

        return string.Join("/", parts);
    }
}
