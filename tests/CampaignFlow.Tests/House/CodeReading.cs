using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CampaignFlow.Tests.House;

/// <summary>What compiled types really use: signatures, bodies, attributes, and whatever the compiler made out of lambdas and async.</summary>
internal static class CodeReading
{
    public static ModuleDefinition Module(Type of) => ModuleDefinition.ReadModule(of.Assembly.Location);

    /// <summary>Types as people wrote them; what the compiler nested inside counts with its owner.</summary>
    public static IEnumerable<TypeDefinition> Written(ModuleDefinition module) => module.Types.Where(t => !t.Name.StartsWith('<'));

    public static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    public static IEnumerable<MethodReference> Calls(TypeDefinition type) =>
        Instructions(type).Select(i => i.Operand).OfType<MethodReference>();

    public static IEnumerable<TypeReference> Uses(TypeDefinition type) =>
        WithNested(type)
            .SelectMany(t =>
                Signatures(t)
                    .Concat(Instructions(t).SelectMany(Operands))
                    .Concat(t.CustomAttributes.SelectMany(a => a.ConstructorArguments.Select(v => v.Value).OfType<TypeReference>()))
            )
            .SelectMany(Parts)
            .Select(Outermost);

    public static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<Instruction> Instructions(TypeDefinition type) =>
        type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions);

    private static IEnumerable<TypeReference?> Signatures(TypeDefinition type) =>
        type
            .Interfaces.Select(i => i.InterfaceType)
            .Append(type.BaseType)
            .Concat(type.Fields.Select(f => f.FieldType))
            .Concat(type.Methods.SelectMany(m => m.Parameters.Select(p => p.ParameterType).Append(m.ReturnType)))
            .Concat(type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Variables.Select(v => v.VariableType)));

    private static IEnumerable<TypeReference?> Operands(Instruction instruction) =>
        instruction.Operand switch
        {
            GenericInstanceMethod m => m.GenericArguments.Append(m.DeclaringType),
            MethodReference m => [m.DeclaringType],
            FieldReference f => [f.DeclaringType],
            TypeReference t => [t],
            _ => [],
        };

    private static IEnumerable<TypeReference> Parts(TypeReference? type) =>
        type switch
        {
            null or GenericParameter => [],
            GenericInstanceType g => g.GenericArguments.SelectMany(Parts).Append(g.ElementType),
            TypeSpecification s => Parts(s.ElementType),
            _ => [type],
        };
}
