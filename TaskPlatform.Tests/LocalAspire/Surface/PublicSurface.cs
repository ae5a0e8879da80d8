using System.Reflection;
using System.Runtime.CompilerServices;

namespace TaskPlatform.Tests.LocalAspire.Surface;

/// <summary>
/// The public types and members of an assembly, in the notation of the lists beside this file. As these do, it writes init like set, parameters
/// passed by reference with an ampersand, enum defaults as numbers, and neither nullability nor constraints nor <c>params</c>.
/// </summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(string)] = "string", [typeof(object)] = "object", [typeof(bool)] = "bool", [typeof(int)] = "int",
    };

    /// <summary>Each type's lines: first its kind and name, then its members.</summary>
    public static IEnumerable<(string Type, IReadOnlyList<string> Members)> Of(Assembly assembly) =>
        assembly.GetExportedTypes().Where(type => type.Namespace!.StartsWith("Aspire", StringComparison.Ordinal))
            .Select(type => ($"{type.Namespace} · {Kind(type)} {Name(type)}", (IReadOnlyList<string>)[.. Members(type)]));

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        _ => "class",
    };

    private static IEnumerable<string> Members(Type type) =>
    [
        .. type.GetConstructors(Declared).Where(IsWritten).Select(made => $"{Name(type).Split('<')[0]}({Parameters(made)})"),
        .. type.GetProperties(Declared).Where(property => IsWritten(property.GetMethod ?? property.SetMethod!)).Select(Property),
        .. type.GetFields(Declared).Where(field => !field.IsSpecialName).Select(field => $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}"),
        .. type.GetMethods(Declared).Where(method => IsWritten(method) && !IsAccessor(method) && method.GetBaseDefinition() == method).Select(Method),
    ];

    // What the compiler adds to a record is no decision of anybody, but for the properties of its header.
    private static bool IsWritten(MethodBase member) =>
        member.GetCustomAttribute<CompilerGeneratedAttribute>() is null || member.Name.StartsWith("get_", StringComparison.Ordinal);

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Property(PropertyInfo property) =>
        $"{(property.GetMethod!.IsStatic ? "static " : "")}{Name(property.PropertyType)} {property.Name} {{ get; {(property.SetMethod is { IsPublic: true } ? "set; " : "")}}}";

    private static string Method(MethodInfo method)
    {
        var isExtension = method.IsDefined(typeof(ExtensionAttribute));
        var types = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{(method.IsStatic && !isExtension ? "static " : "")}{Name(method.ReturnType)} {method.Name}{types}({(isExtension ? "this " : "")}{Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type) =>
        Keywords.TryGetValue(type, out var keyword) ? keyword
        : type.IsByRef ? Name(type.GetElementType()!) + "&"
        : type.IsArray ? Name(type.GetElementType()!) + "[]"
        : Nullable.GetUnderlyingType(type) is { } value ? Name(value) + "?"
        : type.IsGenericType && !type.IsGenericParameter ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
