/**
 * Three style rules that the linter does not come with. Loaded by `.oxlintrc.json`; described in CONTRIBUTING and
 * tested in `tools/src/lint`.
 */

const SCREAMING_CASE = /^[A-Z][A-Z0-9_]*$/

/** A literal, or arithmetic or a template of literals and constants of this kind. */
function isPrimitive(node) {
  switch (node?.type) {
    case 'Literal':
      return node.value !== null && node.regex === undefined
    case 'TemplateLiteral':
      return node.expressions.every(isPrimitive)
    case 'Identifier':
      return SCREAMING_CASE.test(node.name)
    case 'UnaryExpression':
      return isPrimitive(node.argument)
    case 'BinaryExpression':
      return isPrimitive(node.left) && isPrimitive(node.right)
    default:
      return false
  }
}

/** `const retryAfterMs = 5_000` at the top level of a module must be `RETRY_AFTER_MS`. */
const constantCase = {
  create(context) {
    return {
      Program(program) {
        for (const statement of program.body) {
          const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
          if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue
          for (const { id, init } of declaration.declarations) {
            if (id.type !== 'Identifier' || SCREAMING_CASE.test(id.name)) continue
            if (init?.type === 'Identifier' || !isPrimitive(init)) continue
            context.report({ node: id, message: `A primitive constant of a module is SCREAMING_CASE: ${id.name}` })
          }
        }
      },
    }
  },
}

/** `{ ...{ a, b }, c }` must be `{ a, b, c }`. */
const noLiteralSpread = {
  create(context) {
    return {
      SpreadElement(node) {
        if (node.argument.type !== 'ObjectExpression' || node.parent?.type !== 'ObjectExpression') return
        context.report({ node, message: 'Write the properties into the object itself' })
      },
    }
  },
}

/** A function's options object must be called `options`. */
const optionsByName = {
  create(context) {
    const check = ({ params }) => {
      for (const param of params) {
        const name = param.type === 'AssignmentPattern' ? param.left : param
        if (name.type === 'Identifier' && name.name === 'o') {
          context.report({ node: param, message: 'Call it `options`, or what it is' })
        }
      }
    }
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check }
  },
}

export default {
  meta: { name: 'accent' },
  rules: { 'constant-case': constantCase, 'no-literal-spread': noLiteralSpread, 'options-by-name': optionsByName },
}
