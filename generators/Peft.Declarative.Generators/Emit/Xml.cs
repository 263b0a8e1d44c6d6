namespace Peft.Declarative.Generators.Emit;

/// <summary>Text inside documentation comments.</summary>
internal static class Xml
{
    internal static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
